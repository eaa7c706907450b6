package content

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// until reads when a group's question closes.
func (s fields) until() flows.Until {
	n := s.get("until")
	if n == nil {
		return flows.Until{}
	}
	u, ok := s.file.fields(n, untilShape())
	if !ok {
		return flows.Until{}
	}
	until := flows.Until{Answers: u.number("answers"), Lead: u.yes("facilitator")}
	if n := u.get("quorum"); n != nil {
		until.Quorum = s.file.percent(n)
	}
	if n := u.get("at"); n != nil {
		until.After, until.Clock = s.file.moment(n)
	}
	return until
}

// percent reads a share like 60%.
func (f *file) percent(n *yaml.Node) int {
	share, err := strconv.Atoi(strings.TrimSuffix(n.Value, "%"))
	if err != nil || !strings.HasSuffix(n.Value, "%") {
		f.wrong(n, "A quorum is a share of the people who are expected.", "Like: quorum: 60%")
		return 0
	}
	return share
}

var (
	aClock = regexp.MustCompile(`^\d\d:\d\d$`)
	aWhile = regexp.MustCompile(`^(\d{1,5}) ?(m|h|d)$`)
)

// moment reads a time of day, or how long after a question was asked.
func (f *file) moment(n *yaml.Node) (minutes int, clock string) {
	if aClock.MatchString(n.Value) {
		return 0, n.Value
	}
	parts := aWhile.FindStringSubmatch(n.Value)
	if parts == nil {
		f.wrong(n, "`at:` is a time of day, or how long after the question was asked.", `Like: at: "20:00" or at: 20m, 2h, 1d`)
		return 0, ""
	}
	count, _ := strconv.Atoi(parts[1]) // one to five digits
	return count * map[string]int{"m": 1, "h": 60, "d": 24 * 60}[parts[2]], ""
}
