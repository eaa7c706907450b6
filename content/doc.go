// Package content loads packs: the activities, flows and words that Convenor works with. It is strict, and it finds
// every mistake of a pack at once, each with its place and its mend, so that somebody who never programs can write one.
//
// A pack is a folder:
//
//	outline.yaml        the toolkit's parts, sections and activities, each with our short name for it
//	activities/*.yaml   one activity each: what gets done, and its questions in three depths
//	flows/*.yaml        one conversation each; "over: activities" makes one for every activity
//	words/*.yaml        every other word that people read, one file an area
//	scripts/*.script    conversations that show how it all plays (package flowtest); not loaded
//
// Every text that people read has all languages side by side: {en: "Yes", es: "Sí"}.
//
// # A flow
//
//	flow: lunch                                   # its id
//	title: {en: "Lunch", es: "Almuerzo"}
//	nodes:
//	  - ask: dish                                 # the node's id
//	    field: choice                             # text, choice, many, date, person or consent
//	    label: {en: "Dish", es: "Plato"}          # short name, at most 45 characters
//	    line: {en: "What would you like?", es: "¿Qué te gustaría?"}
//	    options:
//	      soup: {en: "Soup", es: "Sopa"}
//	      rice: {en: "Rice", es: "Arroz"}
//	  - branch: any-rice
//	    cases: [{if: dish, is: soup, go: thanks}] # the first case that holds; else the next node
//	  - say: rice
//	    text: {en: "Rice takes longer.", es: "El arroz tarda más."}
//	  - say: thanks
//	    text: {en: "Thank you.", es: "Gracias."}
//
// An ask also takes plain and more (the second and third depth), source (toolkit or house), cite and link, max,
// required, until, sealed and go. A group's flow has "group: yes" and may have until and sealed for all its questions:
// "until: {answers: 5, quorum: 60%, at: 20m}" closes a question at whichever comes first ("at:" is also a time of day,
// like "20:00"), "until: {facilitator: yes}" at none of them; "sealed: yes" hides the answers until then.
// "record: messenger" hands the answers to the program; "with: {reach: phone}" says which node fills which field when
// their names differ. "go:" names the node to go to, always one further down, or "end". In a flow over activities the
// entry "- questions: all" stands for the activity's own questions.
//
// # Conditions
//
// A case of a branch goes by a condition in words, or in short by a question and its answer:
//
//   - branch: size
//     cases:
//   - {when: "voting is yes and methods has media", go: thanks}
//   - {when: "count(people) more than 2 or not answered(goal)", go: many}
//   - {if: dish, is: soup, go: thanks}
//
// Of a choice or a consent: "dish is soup", "dish is not soup". Of a many: "methods has media", "count(methods) at least
// 2". Of a scale, a number or a date: "rating at least 3", "due before 2026-12-01", with less than, more than, at most, at
// least, before, after, or < > <= >=. Of any: answered(x), unknown(x) ("I don't know"), skipped(x). Of a list:
// count(people), answered(people). Between them go and, or, not and parentheses; "and" binds closer than "or". What was
// not answered is nothing: no comparison with it holds. A condition has at most 300 characters.
//
// # What is filled in
//
// In what is asked and said, {goal} is the answer to an earlier question and {me} the person. {goal or "your plan"} says
// the words in quotes when there is no answer, {count(people)} how many, {people} the items of a list by their first
// answer.
//
// # Lists
//
//   - repeat: people                              # the list's id
//     label: {en: "People", es: "Personas"}
//     ask: {en: "Another person?", es: "¿Otra persona?"}
//     max: 5                                      # at most 20; 10 when nothing is said
//     nodes:                                      # ask, say, branch and flow; each item answers them
//   - ask: name
//     ...
//   - record: step                                # one record for each item
//     each: people
//     with: {what: name}
//
// Inside, {name} is the answer of the same item. To leave an item early, go to the list's id. A group's flow has no
// lists, and a list none inside it.
//
// # A flow in a flow
//
//   - flow: contact                               # all its nodes go here
//     as: c                                       # and are called c-way, c-number
//
// "go: end" in it leads to what comes after it. A flow is never a part of itself.
//
// # Conversations under way
//
// A conversation finishes in the words in which it began. To let it go on in the new ones, say what became of the ids:
//
//	carry:
//	  - from: previous                            # any older revision, or the first letters of one
//	    nodes: {phone: number, fax: drop}         # the others keep theirs
//
// It goes on in the new words when it was paused and no answer would be lost by that; otherwise it finishes as it began.
package content

//go:generate go test . -run ^TestSchema$ -update
