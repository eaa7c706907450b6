// Package flowtest plays conversation scripts against the engine: what people do, and what Convenor says back.
//
// A script is a text file. Between every two actions the run's JSON is encoded and decoded, so a script also proves
// that a conversation survives a restart at any point.
//
//	# A volunteer answers one question alone, in Spanish.
//	flow    alone-2.3.3
//	today   2026-03-02
//	person  dana "Dana Reyes" es
//
//	> dana starts
//	dana:
//	  ¿Quién puede llevar el mensaje?
//	  ...
//	  [Responder] [No lo sé: ¿quién lo sabría?] ...
//	= open at q1
//
//	> dana presses [Responder]
//	form for dana:
//	  ...
//
//	> dana submits: Mi vecina Rosa
//	dana, edited:
//	  ...
//	  “Mi vecina Rosa”
//	  [Cambiar]
//	dana:
//	  ...
//	+ answer q1 by dana: text
//	= open at q2
//
// # Head
//
// Lines before the first action say who and what:
//
//	flow    ID                          the flow that runs
//	today   YYYY-MM-DD                  the date; at most one before the first action
//	space   NAME en|es                  a group's space, and the language it is spoken to in
//	person  ID "NAME" en|es [lead]      one line each; lead: may move the group on
//	object  ID                          what the run is about, such as a step
//	here    NUMBER                      people known in the space before the round
//	nobody  leads                       nobody leads the round
//	last    DATE ANSWERS                what came of the round before
//
// # Actions
//
// An action is a line that begins with "> ":
//
//	> ID starts                         the first action; for a group ID facilitates
//	> ID types: WORDS                   in the direct message, or in the space mentioning Convenor
//	> ID presses [LABEL]                the newest control on screen with this label
//	> ID presses [LABEL] of NODE        the newest control of that node with this label, even if it is gone from the screen
//	> ID presses again                  the same control as this person's last press or pick: a double click
//	> ID picks: OPTION                  in the newest menu that has this option, or in a picker of people by NAME
//	> ID picks: OPTION in [LABEL]       in the newest menu with that label
//	> ID submits: WORDS                 the newest form; several picks are joined by " + "; nothing leaves it blank
//	                                    also the words for a form that has a field for each option
//	> ID submits: FIELD: WORDS | FIELD: WORDS   the newest form, when it asks several questions: fields by their
//	                                    node's id; one that is not named is sent as it stands
//	> ID does VERB [NODE] [with PICK]   an event without a control, as a command sends it: pause, resume, cancel, next;
//	                                    PICK is what a menu would send, such as a date or the place of an item in its list
//	> ID reads en|es                    the language this person reads changes; what stands on screen is read in it, too
//	> today YYYY-MM-DD                  the date moves, and what was armed for a time before it happens
//	> after DURATION                    so much time passes ("20m", "2h"), and what was armed for it happens
//
// In WORDS, {a*3001} stands for 3001 letters a, and \n for a new line.
//
// # What is expected
//
// The lines after an action, up to the next action, are what must come back; no line at all: anything may. Blank lines
// and lines that begin with "#" count for nothing. Who is spoken to stands in a line of its own, what is said is
// indented by two spaces:
//
//	ID:              a message to that person           ID, edited:     a message to that person, changed
//	space:           a message to the space             space, edited:  a message to the space, changed
//	whisper to ID:   seen by ID alone                   form for ID:    a form opened for ID
//	record KIND:     answers handed over, one line each: FIELD = VALUE
//	begin FLOW:      another flow is begun, with what is filled in, one line each: FIELD = VALUE
//	(nothing)        nobody is told anything
//
// Controls stand in the last line of a message: [Label] is a button, [Label: One / Two] a menu, [Label: @] a picker of
// people, [Label -> address] a link. In a form the title comes first, then the words above the field, then
// "LABEL: what is filled in", the options as "( ) One", the hint, and "! " with what was wrong. A date is written as
// YYYY-MM-DD, a list with commas; an item starts with "• " and what a person typed stands in “ ”.
//
// Words that a language lacks, a placeholder that nothing fills, and a message changed that was never said are faults.
//
// A line "..." stands for any number of lines, none included; "..." inside a line for any words. Everything else must
// be the same.
//
// Two more kinds of line, and what is said, are each compared only when the script has such a line after the action:
//
//	= STATE [at NODE] [asks CONFIRM]    open, paused, done, cancelled; CONFIRM as in flows.Run
//	+ text by ID                        what a person typed was kept
//	- text                              what a person typed was erased
//	+ answer NODE by ID: KIND [DETAIL] [as MARK]  an answer was kept (KIND as in flows.ValueKind; DETAIL: picks, date or person)
//	+ request NODE by ID [closed]       a data request was kept, or closed; with "looks ID" when somebody looks for it
//	+ at YYYY-MM-DD HH:MM KIND          an event was armed for that time
package flowtest
