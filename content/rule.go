package content

import "convenor/flows"

// The rules of packs that the engine does not know. Those of flows.Rule come on top.
const (
	ruleUnreadable   flows.Rule = "unreadable"      // what is no YAML
	ruleEncoding     flows.Rule = "encoding"        // letters that are not UTF-8
	ruleTabs         flows.Rule = "tabs"            // a line indented with a tab
	ruleColon        flows.Rule = "unquoted-colon"  // a colon in words without quotes
	ruleComma        flows.Rule = "unquoted-comma"  // a comma in words without quotes, in { }
	ruleEmptyFile    flows.Rule = "empty-file"      // a file with nothing in it
	ruleStrayFile    flows.Rule = "stray-file"      // a file or folder that nobody reads
	ruleUnknownKey   flows.Rule = "unknown-key"     // a key that nothing has
	ruleMissingKey   flows.Rule = "missing-key"     // a key that must be there
	ruleEmptyValue   flows.Rule = "empty-value"     // a key with nothing after it
	ruleDuplicateKey flows.Rule = "duplicate-key"   // one key twice
	ruleUnknownWord  flows.Rule = "unknown-word"    // a word that is none of those that can stand there
	rulePlural       flows.Rule = "plural-form"     // words for counting that lack the number
	ruleIncomplete   flows.Rule = "incomplete-pack" // what the program says or starts, and the pack lacks
)
