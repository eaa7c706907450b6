package slack

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"
)

// stampForm is how Slack shows an instant by the clock of whoever reads it: "today 3:00 PM".
const stampForm = "{date_short_pretty} {time}"

// marks is what Slack makes something else of in a text with markup: bold, a sign, an address.
var marks = regexp.MustCompile("[*_~`]|:[^\\s:]+:|://")

// object is a passage as a text object: plain, unless it tells an instant. Instants are the only markup beside a mention,
// and Slack knows no way to keep it from reading markup into the rest: where it would, the passage stands as it is.
func (p passage) object() *slackgo.TextBlockObject {
	if len(p.instants) == 0 {
		return plainText(p.text)
	}
	var out strings.Builder
	rest, stamped := p.text, false
	for _, at := range p.instants {
		before, after, there := strings.Cut(rest, at.Words)
		if !there {
			continue // it was cut off
		}
		if marks.MatchString(before) || strings.ContainsAny(at.Words, "|^\n") {
			return plainText(p.text)
		}
		out.WriteString(escape(before) + "<!date^" + strconv.FormatInt(at.At, 10) + "^" + stampForm + "|" + escape(at.Words) + ">")
		rest, stamped = after, true
	}
	out.WriteString(escape(rest))
	if !stamped || marks.MatchString(rest) || utf8.RuneCountInString(out.String()) > sectionMax {
		return plainText(p.text)
	}
	return slackgo.NewTextBlockObject(slackgo.MarkdownType, out.String(), false, true)
}
