package content

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"convenor/flows"
)

// compile lets the engine check a flow, and says where in the files the engine's mistakes are. read are the mistakes
// that were found when the files were read.
func (x expanded) compile(read Mistakes) {
	_, err := flows.Compile(x.Definition)
	if err == nil {
		return
	}
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	for _, err := range all {
		if m, ok := errors.AsType[flows.Mistake](err); ok {
			x.report(m, read)
		} else {
			x.draft.file.wrong(x.draft.id, err.Error(), "")
		}
	}
}

// report says where a mistake that the engine found stands, unless something was found wrong in that line when it was
// read: then the two are most likely one.
func (x expanded) report(m flows.Mistake, read Mistakes) {
	p := spot{file: x.draft.file, node: x.draft.id, fields: x.draft.fields}
	for i, n := range x.Nodes {
		if n.ID == m.Node && m.Node != "" || fmt.Sprintf("#%d", i+1) == m.Node {
			p = x.spots[i]
			if m.Field != "id" { // of two with one id it is the later that is told
				break
			}
		}
	}
	place, problem := p.fields[m.Field], m.Problem
	if place == nil && m.Field == "until" {
		place = x.draft.fields["until"] // given for all questions at once
	}
	subject := "this"
	if place == nil {
		place, subject = p.node, "`"+m.Field+":`"
	}
	for _, before := range read {
		if before.File == p.file.name && before.Line == place.Line {
			return
		}
	}
	for _, verb := range []string{"has ", "does ", "cannot "} {
		if strings.HasPrefix(problem, verb) {
			problem = subject + " " + problem
		}
	}
	p.file.breaksAt(m.Rule, place, m.At, strings.ToUpper(problem[:1])+problem[1:]+".", x.suggest(m))
}

// suggest names what a mistyped reference was meant to be.
func (x expanded) suggest(m flows.Mistake) string {
	quoted := regexp.MustCompile(`^there is no node "([^"]*)"|^"([^"]*)" is no option of (\S+)`).FindStringSubmatch(m.Problem)
	if quoted == nil {
		return ""
	}
	var known []string
	for _, n := range x.Nodes {
		switch {
		case n.ID == quoted[3]:
			for _, o := range n.Options {
				known = append(known, o.ID)
			}
		case quoted[3] == "" && n.ID != m.Node && !slices.Contains(known, n.ID):
			known = append(known, n.ID)
		}
	}
	return meant(quoted[1]+quoted[2], known)
}
