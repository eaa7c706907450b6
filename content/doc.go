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
package content

//go:generate go test . -run ^TestSchema$ -update
