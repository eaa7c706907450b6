package content

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"convenor/flows"
)

// said is one text of a pack: the same words in every language, and where they stand.
type said struct {
	file  *file
	path  string // names it in the whole pack: "flows/report.yaml nodes.status.line"
	key   string // the key it stands after: "line"
	words map[flows.Locale]*yaml.Node
}

// group is a mapping of a file that holds texts: a question, the options of one, the words of an area.
type group struct {
	name  string // the key it stands after: "options"
	texts []said
}

// text returns the text after a key.
func (g group) text(key string) (said, bool) {
	i := slices.IndexFunc(g.texts, func(s said) bool { return s.key == key })
	if i < 0 {
		return said{}, false
	}
	return g.texts[i], true
}

// groups finds every text below a node, whatever it belongs to.
func (f *file) groups(n *yaml.Node, name, path string) []group {
	var all []group
	switch n.Kind {
	case yaml.MappingNode:
		own := group{name: name}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i].Value, n.Content[i+1]
			below := path + "." + key
			if words := bothLanguages(value); words != nil {
				own.texts = append(own.texts, said{file: f, path: f.name + " " + strings.TrimPrefix(below, "."), key: key, words: words})
			} else {
				all = append(all, f.groups(value, key, below)...)
			}
		}
		if len(own.texts) > 0 {
			all = append(all, own)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			all = append(all, f.groups(item, name, path+"."+called(item, i))...)
		}
	case yaml.DocumentNode, yaml.ScalarNode, yaml.AliasNode, yaml.StreamNode:
	}
	return all
}

// called names an entry of a list: by its first value, which is its id, or by its place.
func called(item *yaml.Node, i int) string {
	if item.Kind == yaml.MappingNode && len(item.Content) > 1 && item.Content[1].Kind == yaml.ScalarNode {
		return item.Content[1].Value
	}
	return fmt.Sprintf("#%d", i+1)
}

// bothLanguages returns the words of every language, or nil when n is no text or lacks one.
func bothLanguages(n *yaml.Node) map[flows.Locale]*yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	words := map[flows.Locale]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; slices.Contains(languages(), key) && !empty(n.Content[i+1]) {
			words[flows.Locale(key)] = n.Content[i+1]
		}
	}
	if len(words) != len(languages()) {
		return nil
	}
	return words
}

// forms are the nodes that hold words of one language: one, or the forms for counting.
func forms(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.ScalarNode {
		return []*yaml.Node{n}
	}
	var all []*yaml.Node
	for i := 1; i < len(n.Content); i += 2 {
		if n.Content[i].Kind == yaml.ScalarNode {
			all = append(all, n.Content[i])
		}
	}
	return all
}

// whole is everything that a text says in a language, its forms one after the other.
func (s said) whole(locale flows.Locale) string {
	var all []string
	for _, n := range forms(s.words[locale]) {
		all = append(all, strings.TrimSpace(n.Value))
	}
	return strings.Join(all, " | ")
}

// plural is what a text says of many in a language: what most readers see.
func (s said) plural(locale flows.Locale) string {
	all := forms(s.words[locale])
	if len(all) == 0 {
		return ""
	}
	return strings.TrimSpace(all[len(all)-1].Value)
}
