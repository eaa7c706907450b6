package bot

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"convenor/flows"
	"convenor/flows/coalition"
)

// Flows that a verb or a button starts by name. The pack has them under these ids.
const (
	flowMessenger   = "messenger"
	flowStakeholder = "stakeholder"
	flowStep        = "step"
	flowReport      = "report"
	flowQuestion    = "question"
	flowSetup       = "setup"
)

// alone is the Object of a VerbStart whose Arg names an activity to be answered by oneself.
const alone = "alone"

// verb is one word of the command, and what it does. rest is what was typed after it.
type verb struct {
	name string     // as help shows it, and as the Object of a VerbMenu token
	also []string   // the same in other words and in Spanish
	as   flows.Verb // what it counts as when it is asked who may
	do   func(v *visit, ctx context.Context, rest string) error
}

// verbs lists the words of `/coalition`. Typed in a direct message or after a mention they do the same.
func verbs() []verb {
	return []verb{
		{"help", []string{"ayuda", "menu", "menú"}, flows.VerbMenu, (*visit).help},
		{"ask", []string{"preguntar", "pregunta"}, flows.VerbAsk, (*visit).ask},
		{"answer", []string{"responder"}, flows.VerbStart, (*visit).answerAlone},
		{"signup", []string{"sign-up", "inscribirme", "inscripción", "inscripcion"}, flows.VerbStart, (*visit).signUp},
		{"step", []string{"paso"}, flows.VerbStart, (*visit).nameStep},
		{menuActivities, []string{"actividades"}, flows.VerbMenu, (*visit).activities},
		{flowSetup, []string{"set-up", "configurar", "preparar"}, flows.VerbStart, (*visit).setUp},
		{menuSample, []string{"try", "ejemplo", "probar"}, flows.VerbMenu, (*visit).sample},
		{menuAbout, []string{"stored", "privacy", "guarda", "privacidad"}, flows.VerbMenu, (*visit).about},
		{flowQuestion, []string{"own", "agregar"}, flows.VerbOwn, (*visit).question},
		{menuCheck, []string{"self-check", "autoevaluación", "autoevaluacion"}, flows.VerbMenu, (*visit).selfCheck},
		{"me", []string{"yo"}, flows.VerbMe, (*visit).me},
		{"resume", []string{"continue", "seguir", "continuar"}, flows.VerbMenu, (*visit).resume},
		{"language", []string{"idioma"}, flows.VerbLanguage, (*visit).language},
		{"nudges", []string{"reminders", "avisos", "recordatorios"}, flows.VerbSettings, (*visit).nudges},
		{menuPlan, []string{"goals", "steps", "metas", "pasos"}, flows.VerbMenu, (*visit).plan},
		{menuAway, []string{"fuera", "ausente"}, flows.VerbSettings, (*visit).away},
		{menuHours, []string{"horas", "horario"}, flows.VerbSettings, (*visit).hours},
		{menuZone, []string{"clock", "zona", "reloj"}, flows.VerbSettings, (*visit).zoneVerb},
		{"link", []string{"vincular", "unir", "enlazar"}, flows.VerbMe, (*visit).link},
		{"role", []string{"roles", "papel", "papeles"}, flows.VerbRole, (*visit).role},
		{"call", []string{"llamar", "reach"}, flows.VerbCall, (*visit).callHere},
		{"log", []string{"history", "registro", "historial"}, flows.VerbLog, (*visit).history},
	}
}

// Verbs lists the words of `/coalition` as help names them.
func Verbs() []string {
	var names []string
	for _, c := range verbs() {
		names = append(names, c.name)
	}
	return names
}

// Means reports whether a word of the command means one of Verbs, in another language for instance.
func Means(word, name string) bool {
	c, ok := findVerb(word)
	return ok && c.name == name
}

// findVerb finds a verb by one of its words.
func findVerb(word string) (verb, bool) {
	for _, c := range verbs() {
		if c.is(word) {
			return c, true
		}
	}
	return verb{}, false
}

func (c verb) is(word string) bool { return word == c.name || slices.Contains(c.also, word) }

// menuVerbs says what the tokens do that are about no run and no step.
func menuVerbs() map[flows.Verb]func(v *visit, ctx context.Context, t flows.Token) error {
	return map[flows.Verb]func(v *visit, ctx context.Context, t flows.Token) error{
		flows.VerbMenu: func(v *visit, ctx context.Context, t flows.Token) error {
			return v.command(ctx, Command{Verb: t.Object, Rest: t.Arg})
		},
		flows.VerbStart:    (*visit).startPress,
		flows.VerbAsk:      (*visit).askPress,
		flows.VerbMe:       func(v *visit, ctx context.Context, _ flows.Token) error { return v.me(ctx, "") },
		flows.VerbSettings: func(v *visit, _ context.Context, _ flows.Token) error { return v.settings() },
		flows.VerbLanguage: func(v *visit, ctx context.Context, t flows.Token) error { return v.language(ctx, t.Arg) },
		flows.VerbFewer:    (*visit).fewer,
		flows.VerbNudgesOff: func(v *visit, ctx context.Context, _ flows.Token) error {
			return v.nudges(ctx, "off")
		},
		flows.VerbNudgesOn: func(v *visit, ctx context.Context, _ flows.Token) error {
			return v.nudges(ctx, "on")
		},
		flows.VerbMark:     (*visit).mark,
		flows.VerbRate:     (*visit).ratePress,
		flows.VerbOwn:      (*visit).ownPress,
		flows.VerbCheck:    (*visit).checkPress,
		flows.VerbWithdraw: (*visit).withdraw,
		flows.VerbRole:     (*visit).rolePress,
		flows.VerbCall:     (*visit).callPress,
		flows.VerbKnock:    (*visit).knock,
		flows.VerbLog:      func(v *visit, ctx context.Context, _ flows.Token) error { return v.history(ctx, "") },
	}
}

// command carries out `/coalition`. The bare form and a word nobody knows are answered with what can be done.
func (v *visit) command(ctx context.Context, c Command) error {
	word := strings.ToLower(c.Verb)
	if word == "" {
		return v.help(ctx, "")
	}
	if known, ok := findVerb(word); ok {
		v.audit.Verb = "/" + known.name
		if why := v.may(known.as, coalition.Object{}); why != coalition.Yes {
			return v.refused(why)
		}
		return known.do(v, ctx, strings.TrimSpace(c.Rest))
	}
	return v.notUnderstood(ctx, word)
}

// typed carries out text typed to Convenor. In a direct message a verb alone is a command and anything else goes to the
// conversation under way. In a channel people talk to each other: only a verb counts, and an answer is given with the
// question's own button or in the question's thread, where again only a verb alone is a command.
func (v *visit) typed(ctx context.Context, typed Typed) error {
	first, rest, _ := strings.Cut(strings.TrimSpace(typed.Text), " ")
	word := strings.ToLower(first)
	known, ok := findVerb(word)
	alone := ok && strings.TrimSpace(rest) == ""
	if v.in.Channel != "" {
		if !alone && word != "" && typed.Thread != "" {
			return v.answerAloud(ctx, typed, Command{Verb: known.name, Rest: rest})
		}
		if ok || word == "" {
			return v.command(ctx, Command{Verb: word, Rest: rest})
		}
		return v.overheard(ctx)
	}
	if alone {
		return v.command(ctx, Command{Verb: known.name})
	}
	run, open, err := v.current(ctx)
	if err != nil {
		return err
	}
	if !open || word == "" {
		return v.help(ctx, "")
	}
	if why := v.may(flows.VerbAnswer, ofRun(run)); why != coalition.Yes {
		return v.refused(why)
	}
	f, err := v.pinned(ctx, run.Hash)
	if err != nil {
		return err
	}
	v.audit.Object = run.ID
	_, err = v.advance(ctx, f, run, flows.Event{Kind: flows.EventAnswer, Input: flows.Input{Text: typed.Text}})
	return err
}

// current is the run that the person's typed text goes to; ok is false when none is open.
func (v *visit) current(ctx context.Context) (run flows.Run, ok bool, err error) {
	id, ok, err := find[string](ctx, v.work, currentRef(v.person.ID))
	if err != nil || !ok {
		return flows.Run{}, false, err
	}
	ref := flows.Ref{Kind: flows.KindRun, ID: id}
	if err = v.load(ctx, ref, openRef(v.person.ID, id)); err != nil { // what follow needs, too
		return flows.Run{}, false, err
	}
	run, ok, err = find[flows.Run](ctx, v.work, ref)
	return run, ok && run.State == flows.StateOpen && run.Person == v.person.ID, err
}

// opened greets: a channel that Convenor was added to with one post and three choices, a person who opened its home with what is theirs.
func (v *visit) opened(ctx context.Context, o Opened) error {
	if !o.Added {
		return v.homeTab(ctx)
	}
	if v.space == "" {
		return nil
	}
	// The event's Key protects the commit from repeats, so the id need not be the same again.
	v.deliver(v.delivery(origin{ID: v.b.ID(), Person: v.person.ID, At: v.at}, 0, "", v.space, hello()))
	return nil
}

// startPress starts the flow that a control names.
func (v *visit) startPress(ctx context.Context, t flows.Token) error {
	if t.Object == alone {
		return v.answerAlone(ctx, t.Arg)
	}
	if d, ok := v.b.Pack.Flow(t.Object); !ok || d.Group || t.Object == flowReport || t.Object == flowQuestion {
		return v.unknownControl() // a round starts in its space (VerbAsk), a report from its step, a question from its activity
	}
	return v.begin(ctx, errand{flow: t.Object, space: v.space})
}

// begin starts a run of one's own, or goes on with the one under way if it is the same. It goes on in direct messages.
func (v *visit) begin(ctx context.Context, to errand) error {
	v.timed = v.timed || slices.Contains([]string{flowStep, flowSetup, flowMessenger}, to.flow)
	run, open, err := v.current(ctx)
	if err != nil {
		return err
	}
	if open && run.Flow == to.flow && run.Object == to.object {
		return v.goOn(ctx, run)
	}
	if full, err := v.tooManyOpen(ctx, to.flow); full || err != nil {
		return err
	}
	if run, _, err = v.start(ctx, to); err != nil || run.ID == "" {
		return err
	}
	return v.sent()
}

// goOn asks again what a run waits for.
func (v *visit) goOn(ctx context.Context, run flows.Run) error {
	f, err := v.pinned(ctx, run.Hash)
	if err != nil {
		return err
	}
	if _, err = v.advance(ctx, f, run, flows.Event{Kind: flows.EventResume}); err != nil {
		return err
	}
	return v.sent()
}

// sent says in a channel, to the one who acted, that the conversation goes on in direct messages.
func (v *visit) sent() error {
	if v.space == "" || v.whisper != nil {
		return nil
	}
	return v.say("menu.sent")
}

// ask starts a round of an activity in the channel, led by whoever asks, or offers the activities. which may be empty.
func (v *visit) ask(ctx context.Context, which string) error { return v.askBy(ctx, which, false) }

// answerAlone starts an activity's questions for one person, or offers the activities.
func (v *visit) answerAlone(ctx context.Context, which string) error {
	a, ok := v.activity(which)
	if !ok {
		v.choose(flows.Token{Verb: flows.VerbStart, Object: alone}, "menu.answer-which")
		return nil
	}
	return v.begin(ctx, errand{flow: a.Alone, space: v.space})
}

// activity finds an activity by its number, written with dots ("2.3.3") or as an option's id ("2-3-3").
func (v *visit) activity(which string) (flows.Activity, bool) {
	for _, a := range v.b.Pack.Activities() {
		if which != "" && (which == a.ID || which == optionID(a.ID)) {
			return a, true
		}
	}
	return flows.Activity{}, false
}

// optionID is an activity's number as an option's id, which has no dots.
func optionID(activity string) string { return strings.ReplaceAll(activity, ".", "-") }

func (v *visit) signUp(ctx context.Context, rest string) error {
	switch strings.ToLower(rest) {
	case flowMessenger, "mensajero", "mensajera":
		return v.begin(ctx, errand{flow: flowMessenger, space: v.space})
	case flowStakeholder, "seat", "asiento", "lugar":
		return v.begin(ctx, errand{flow: flowStakeholder, space: v.space})
	default:
		return v.offerSignUps()
	}
}

func (v *visit) nameStep(ctx context.Context, _ string) error {
	return v.beginWith(ctx, errand{flow: flowStep, space: v.space}, v.in.Given)
}

// nearest finds the verb that somebody may have meant, and which of its words: one within two slips of a finger. What
// differs in every letter is not meant.
func nearest(word string) (c verb, said string, ok bool) {
	const slips = 2
	best := slips + 1
	for _, known := range verbs() {
		for _, name := range append([]string{known.name}, known.also...) {
			d := distance(word, name)
			if d < best && d < utf8.RuneCountInString(name) {
				best, c, said = d, known, name
			}
		}
	}
	return c, said, best <= slips
}

// distance counts the letters that must be put in, taken out or changed to make a of b.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			change := diagonal
			if r != s {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
