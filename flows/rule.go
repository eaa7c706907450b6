package flows

// Rule names what a Mistake breaks. Names are stable: authors look them up, and a rule's fixtures are filed under it.
type Rule string

// The rules that Compile holds a Definition to.
const (
	RuleMalformed   Rule = "malformed"            // what stands here is no part of a flow
	RuleID          Rule = "bad-id"               // an id that no button could carry
	RuleDuplicate   Rule = "duplicate-id"         // two things with one id
	RuleStray       Rule = "stray-field"          // a field that this kind of thing does not have
	RuleAsksNothing Rule = "asks-nothing"         // a flow without a question
	RuleLocale      Rule = "missing-locale"       // words that one language lacks
	RuleLong        Rule = "too-long"             // more than a platform or a reader takes
	RuleReference   Rule = "dead-reference"       // a name that leads nowhere
	RuleUnreachable Rule = "unreachable-node"     // a node that nothing leads to
	RuleNoEnd       Rule = "no-way-to-end"        // a node from which the end cannot be reached
	RuleLoop        Rule = "loop-without-wait"    // a loop that asks nothing
	RuleGroup       Rule = "one-answer-in-group"  // a group's flow that needs one person's answer
	RuleSource      Rule = "missing-source"       // a question that does not say whose it is, or from which page
	RuleLink        Rule = "bad-link"             // a link that does not begin with https://
	RuleOptions     Rule = "options-count"        // too few to choose from, or more than every platform shows
	RuleRange       Rule = "number-range"         // a number that makes no sense here
	RuleSameWords   Rule = "same-words"           // two options that nobody can tell apart
	RuleNeverTaken  Rule = "case-never-taken"     // a case that an earlier one hides
	RuleCondition   Rule = "bad-condition"        // a condition that cannot be read, or asks what cannot be known
	RuleList        Rule = "bad-list"             // a repeat that something leads into, or out of, half-way
	RuleHole        Rule = "bad-placeholder"      // a brace or a {name} that nothing fills
	RuleHoles       Rule = "placeholder-mismatch" // languages that differ in their {names}
	RuleUnfilled    Rule = "unfilled-record"      // a record that lacks an answer it needs
)
