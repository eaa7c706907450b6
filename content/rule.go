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
	switch rule {
	case flows.RuleMalformed:
		return "Compare it with the same place in the built-in pack."
	case flows.RuleID:
		return "Use small letters, digits and hyphens, like `how-much`."
	case flows.RuleDuplicate:
		return "Give one of the two another id."
	case flows.RuleStray:
		return "Take it out, or choose another kind."
	case flows.RuleAsksNothing:
		return "Add a question: - ask: name"
	case flows.RuleLocale:
		return "Say it in every language."
	case flows.RuleLong:
		return "Say it shorter."
	case flows.RuleReference:
		return "Name a question that comes before, and something that it can be."
	case flows.RuleUnreachable:
		return "Let a `go:` lead here, or take it out."
	case flows.RuleNoEnd:
		return "Let one way lead on: take a `go:` out, or write `go: end`."
	case flows.RuleLoop:
		return "Ask something on the way round, or let it lead on."
	case flows.RuleGroup:
		return "Only ask and say in a group's flow; say its facilitator's name with {me}."
	case flows.RuleSource:
		return "Name the page with `cite:` and `link:`, or write `source: house` if the question is yours."
	case flows.RuleLink:
		return "Write the whole address, from https:// on."
	case flows.RuleOptions:
		return "Offer two or more, and put the rest into another question."
	case flows.RuleRange:
		return "Choose a number that fits, or leave it out."
	case flows.RuleSameWords:
		return "Say how they differ, or take one out."
	case flows.RuleNeverTaken:
		return "Take one of the two out."
	case flows.RuleHole:
		return "Write {me} or the id of an earlier question in braces, or take the braces out."
	case flows.RuleHoles:
		return "Every language needs the same names, in any order."
	case flows.RuleUnfilled:
		return "Add a question with that id, or name another one with `with:`."
	}
	return mendOfPack(rule)
}

// mendOfPack is mend for the rules that the engine does not know.
func mendOfPack(rule flows.Rule) string {
	switch rule {
	case ruleMissingKey:
		return "Add a line for it."
	case ruleEmptyValue:
		return "Write something after it, or take it out."
	case rulePlural:
		return "Put {count} where the number goes."
	default:
		return ""
	}
}
