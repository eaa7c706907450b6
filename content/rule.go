package content

import "convenor/flows"

// The rules of packs that the engine does not know. Those of flows.Rule come on top. The fixtures of each are in
// testdata/lint.
const (
	ruleUnreadable   flows.Rule = "unreadable"        // what is no YAML
	ruleEncoding     flows.Rule = "encoding"          // letters that are not UTF-8
	ruleTabs         flows.Rule = "tabs"              // a line indented with a tab
	ruleColon        flows.Rule = "unquoted-colon"    // a colon in words without quotes
	ruleComma        flows.Rule = "unquoted-comma"    // a comma in words without quotes, in { }
	ruleEmptyFile    flows.Rule = "empty-file"        // a file with nothing in it
	ruleStrayFile    flows.Rule = "stray-file"        // a file or folder that nobody reads
	ruleUnknownKey   flows.Rule = "unknown-key"       // a key that nothing has
	ruleMissingKey   flows.Rule = "missing-key"       // a key that must be there
	ruleEmptyValue   flows.Rule = "empty-value"       // a key with nothing after it
	ruleDuplicateKey flows.Rule = "duplicate-key"     // one key twice
	ruleUnknownWord  flows.Rule = "unknown-word"      // a word that is none of those that can stand there
	ruleCircle       flows.Rule = "flow-in-itself"    // a flow that is a part of itself
	rulePlural       flows.Rule = "plural-form"       // words for counting that lack the number
	ruleHard         flows.Rule = "hard-to-read"      // words that ask for more than six years of school
	ruleStigma       flows.Rule = "hurting-word"      // words that reduce people to one thing, or blame
	ruleAddress      flows.Rule = "mixed-address"     // Spanish that says neither tú nor ustedes
	ruleEmoji        flows.Rule = "emoji-alone"       // a picture that carries the meaning alone
	ruleUntranslated flows.Rule = "untranslated"      // Spanish words that are the English ones
	ruleStale        flows.Rule = "stale-translation" // Spanish words whose English changed
	ruleUnused       flows.Rule = "unused-field"      // an answer that nobody looks at
	ruleIncomplete   flows.Rule = "incomplete-pack"   // what the program says or starts, and the pack lacks
)

// mend says what to do about a broken rule where nothing closer can be said.
func mend(rule flows.Rule) string {
	return map[flows.Rule]string{
		flows.RuleMalformed:   "Compare it with the same place in the built-in pack.",
		flows.RuleID:          "Use small letters, digits and hyphens, like `how-much`.",
		flows.RuleDuplicate:   "Give one of the two another id.",
		flows.RuleStray:       "Take it out, or choose another kind.",
		flows.RuleAsksNothing: "Add a question: - ask: name",
		flows.RuleLocale:      "Say it in every language.",
		flows.RuleLong:        "Say it shorter.",
		flows.RuleReference:   "Name a question that comes before, and something that it can be.",
		flows.RuleUnreachable: "Let a `go:` lead here, or take it out.",
		flows.RuleNoEnd:       "Let one way lead on: take a `go:` out, or write `go: end`.",
		flows.RuleLoop:        "Ask something on the way round, or let it lead on.",
		flows.RuleGroup:       "Only ask and say in a group's flow; say its facilitator's name with {me}.",
		flows.RuleSource:      "Name the page with `cite:` and `link:`, or write `source: house` if the question is yours.",
		flows.RuleLink:        "Write the whole address, from https:// on.",
		flows.RuleOptions:     "Offer two or more, and put the rest into another question.",
		flows.RuleRange:       "Choose a number that fits, or leave it out.",
		flows.RuleSameWords:   "Say how they differ, or take one out.",
		flows.RuleNeverTaken:  "Take one of the two out.",
		flows.RuleHole:        "Write {me} or the id of an earlier question in braces, or take the braces out.",
		flows.RuleHoles:       "Every language needs the same names, in any order.",
		flows.RuleUnfilled:    "Add a question with that id, or name another one with `with:`.",
		ruleMissingKey:        "Add a line for it.",
		ruleEmptyValue:        "Write something after it, or take it out.",
		rulePlural:            "Put {count} where the number goes.",
		flows.RuleCondition:   "Write it like: voting is yes and not answered(goal).",
		flows.RuleList:        "Let the list be gone through from its first question to its last.",
	}[rule]
}
