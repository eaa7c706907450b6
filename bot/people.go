package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"convenor/flows"
	"convenor/flows/coalition"
	"convenor/flows/plan"
	"convenor/flows/when"
)

// nameKept is how many characters of a name are kept: more than any platform gives out.
const nameKept = 120

// zoneAtFirst is the zone of a coalition whose first person's platform tells none. Reminders at 9:00 in the east of the
// United States are at worst early in the morning in its west, never at night.
const zoneAtFirst = "America/New_York"

// introduce asks a platform about somebody whose name is not known before the event waits for its turn: otherwise a
// crowd of newcomers to one round would wait for each other's profiles. When the platform does not answer it is asked
// again at the next event.
func (b *Bot) introduce(ctx context.Context, v *visit) error {
	identity := coalition.Identity(v.in.Place, v.in.User)
	if _, met := b.met.Load(identity); met {
		return nil
	}
	id, err := b.coalitionOf(ctx, v.in.Place)
	if err != nil {
		return err
	}
	v.work = b.work(id)
	person, known, err := find[string](ctx, v.work, flows.Ref{Kind: flows.KindIdentity, ID: identity})
	if err != nil {
		return err
	}
	var p coalition.Person
	if known {
		if p, _, err = find[coalition.Person](ctx, v.work, personRef(person)); err != nil {
			return err
		}
	}
	if p.Name == "" && v.profile(ctx, v.in.Platform, v.in.Place, v.in.User).failed {
		return nil
	}
	b.met.Store(identity, person)
	return nil
}

// guess is who is behind an account, as this process saw it last; empty when it did not. It only says what to read along:
// the account's own record, read at the same time, decides.
func (b *Bot) guess(identity string) string {
	person, _ := b.met.Load(identity)
	id, _ := person.(string)
	return id
}

// meet starts the work: which coalition the event belongs to, who acted, and where. Everybody and every channel is
// recorded at first sight, in the same commit as what the event brings about.
func (v *visit) meet(ctx context.Context, b *Bot) error {
	id, err := b.coalitionOf(ctx, v.in.Place)
	if err != nil {
		return err
	}
	v.work = b.work(id)
	v.key, v.audit.At = v.in.Key, v.at
	if err := v.load(ctx, v.firstRefs()...); err != nil {
		return err
	}
	if err := v.lookAhead(ctx); err != nil {
		return err
	}
	home, settled, err := find[coalition.Coalition](ctx, v.work, flows.Ref{Kind: flows.KindCoalition, ID: id})
	if err != nil {
		return err
	}
	if home.Moved != "" { // for good, so this process need not look again
		b.moved.Store(id, home.Moved)
		return v.meet(ctx, b)
	}
	if v.home = home; !settled {
		v.home = coalition.Coalition{ID: id, Zone: zoneAtFirst, Locale: flows.English, Created: v.at}
	}
	if v.person, err = v.enrol(ctx, v.in.Place, v.in.User, !settled); err != nil {
		return err
	}
	v.audit.Person = v.person.ID
	if identity := coalition.Identity(v.in.Place, v.in.User); b.guess(identity) != v.person.ID {
		if _, met := b.met.Load(identity); met {
			b.met.Store(identity, v.person.ID)
		}
	}
	if err := v.learn(); err != nil {
		return err
	}
	if !settled {
		v.home.Zone, v.home.Locale = v.zoneName(v.person), v.person.Locale
	}
	if !slices.Contains(v.home.Places, v.in.Place) {
		v.home.Places = append(slices.Clone(v.home.Places), v.in.Place)
		if err := v.put(flows.Ref{Kind: flows.KindCoalition, ID: id}, v.home); err != nil {
			return err
		}
	}
	if err := v.hear(); err != nil {
		return err
	}
	if err := v.comesOut(ctx); err != nil {
		return err
	}
	return v.enter(ctx)
}

// firstRefs names what every event needs, so that it is read in one round trip.
func (v *visit) firstRefs() []flows.Ref {
	identity := coalition.Identity(v.in.Place, v.in.User)
	refs := []flows.Ref{{Kind: flows.KindCoalition, ID: v.coalition}, {Kind: flows.KindIdentity, ID: identity}}
	if id := v.b.guess(identity); id != "" {
		refs = append(refs, personRef(id), currentRef(id))
	}
	if v.in.Channel != "" {
		refs = append(refs, flows.Ref{Kind: flows.KindSpace, ID: coalition.SpaceID(v.in.Place, v.in.Channel)})
	}
	if t, ok := token(v.in); ok && t.Object != "" {
		switch {
		case runVerb(t.Verb):
			refs = append(refs, flows.Ref{Kind: flows.KindRun, ID: t.Object})
			if id := v.b.guess(identity); id != "" {
				refs = append(refs, openRef(id, t.Object), answerRef(t.Object, t.Node, id))
			}
		case stepVerb(t.Verb):
			refs = append(refs, flows.Ref{Kind: flows.KindStep, ID: t.Object})
		}
	}
	return refs
}

// lookAhead reads what only the first records name, in a second round trip.
func (v *visit) lookAhead(ctx context.Context) error {
	id, known, err := find[string](ctx, v.work, flows.Ref{Kind: flows.KindIdentity, ID: coalition.Identity(v.in.Place, v.in.User)})
	if err != nil || !known {
		return err
	}
	refs := []flows.Ref{personRef(id), currentRef(id)}
	if t, ok := token(v.in); ok && runVerb(t.Verb) {
		refs = append(refs, openRef(id, t.Object), answerRef(t.Object, t.Node, id))
		run, _, err := find[flows.Run](ctx, v.work, flows.Ref{Kind: flows.KindRun, ID: t.Object})
		if err != nil {
			return err
		}
		if run.Group {
			refs = append(refs, memberRef(run.Space, id))
		}
		if _, have := v.b.compiled.get(run.Hash); run.Hash != "" && !have {
			refs = append(refs, flows.Ref{Kind: flows.KindFlow, ID: run.Hash})
		}
	}
	return v.load(ctx, refs...)
}

// coalitionOf finds the coalition of a place. A place never seen before gets one of its own.
func (b *Bot) coalitionOf(ctx context.Context, place string) (string, error) {
	id, err := b.Ledger.Place(ctx, place)
	if err == nil && id == "" {
		id, err = b.Ledger.Claim(ctx, place, b.ID())
	}
	if err != nil {
		return "", fmt.Errorf("find the coalition of a place: %w", err)
	}
	if to, moved := b.moved.Load(id); moved {
		return to.(string), nil
	}
	return id, nil
}

// enrol returns the person behind an account, and records them at first sight. first means that nobody was there
// before: that person coordinates.
func (v *visit) enrol(ctx context.Context, place, user string, first bool) (coalition.Person, error) {
	identity := coalition.Identity(place, user)
	ref := flows.Ref{Kind: flows.KindIdentity, ID: identity}
	id, known, err := find[string](ctx, v.work, ref)
	if err != nil {
		return coalition.Person{}, err
	}
	if known {
		p, there, err := find[coalition.Person](ctx, v.work, personRef(id))
		if err != nil || there {
			return p, err
		}
	}
	platform, _, _ := strings.Cut(place, ":")
	profile := v.profile(ctx, platform, place, user)
	if identity == coalition.Identity(v.in.Place, v.in.User) {
		profile.Locale = spoken(profile.Locale, v.in.Locale)
	}
	p := coalition.Person{
		ID:         v.b.ID(),
		Identities: []string{identity},
		Role:       roleAtFirst(platform, first),
		Locale:     v.home.Locale,
		Joined:     v.at,
	}
	v.recognise(&p, profile)
	if err := v.put(ref, p.ID); err != nil {
		return p, err
	}
	return p, v.put(personRef(p.ID), p)
}

// learn takes over what the platform tells about the one who acted when it did not answer at first sight: without a
// name nobody could name them, and without a zone they would be reminded at the coalition's hours.
func (v *visit) learn() error {
	t, asked := v.profiles[coalition.Identity(v.in.Place, v.in.User)]
	if !asked || t.Name == "" || v.person.Name != "" {
		return nil
	}
	v.recognise(&v.person, t)
	return v.put(personRef(v.person.ID), v.person)
}

// recognise notes what a platform told about a person.
func (v *visit) recognise(p *coalition.Person, t told) {
	p.Name = cut(oneLine(clean(t.Name)), nameKept)
	if !p.LocaleChosen {
		p.Locale = spoken(t.Locale, p.Locale)
	}
	if _, err := v.b.Zone(t.Zone); err == nil && t.Zone != "" {
		p.Zone, p.ZoneSource = t.Zone, coalition.SourcePlatform
	}
}

// roleAtFirst is the role of somebody seen for the first time. A coordinator may change it later.
func roleAtFirst(platform string, first bool) coalition.Role {
	switch {
	case first:
		return coalition.RoleCoordinator
	case platform == "discord":
		return coalition.RoleVolunteer
	default:
		return coalition.RoleMember
	}
}

// told is what a platform told about a user.
type told struct {
	Profile
	gone   bool // the platform knows nobody by that id
	failed bool // it did not answer
}

// profile asks a platform about a user. Without an answer in time the person starts with what everybody starts with.
func (v *visit) profile(ctx context.Context, platform, place, user string) told {
	identity := coalition.Identity(place, user)
	if t, asked := v.profiles[identity]; asked {
		return t
	}
	var t told
	if p, ok := v.b.platforms[platform]; ok {
		limited, cancel := context.WithTimeout(ctx, profileLimit)
		defer cancel()
		profile, err := p.Profile(limited, place, user)
		if err != nil {
			v.b.Log.LogAttrs(ctx, slog.LevelWarn, "a profile could not be read", slog.String("platform", platform), slog.Any("error", err))
		}
		var gone *GoneError
		t = told{Profile: profile, gone: errors.As(err, &gone)}
		t.failed = err != nil && !t.gone
	}
	v.profiles[identity] = t
	return t
}

// hear follows the language that the platform tells about the one who acted, unless they chose one here.
func (v *visit) hear() error {
	l := spoken(v.in.Locale, "")
	if l == "" || v.person.LocaleChosen || v.person.Locale == l {
		return nil
	}
	v.person.Locale = l
	return v.put(personRef(v.person.ID), v.person)
}

// enter finds the channel that the event came from, and records it at first sight.
func (v *visit) enter(ctx context.Context) error {
	v.space = ""
	if v.in.Channel == "" {
		return nil
	}
	id := coalition.SpaceID(v.in.Place, v.in.Channel)
	ref := flows.Ref{Kind: flows.KindSpace, ID: id}
	s, known, err := find[coalition.Space](ctx, v.work, ref)
	if err != nil {
		return err
	}
	v.space = id
	if !known {
		s = coalition.Space{ID: id, Platform: v.in.Platform, Place: v.in.Place, Channel: v.in.Channel}
	}
	name := cut(oneLine(clean(v.in.ChannelName)), nameKept)
	private := v.in.Private || s.Private && name == ""
	renamed := name != s.Name && (name != "" || private) // of one that became private nobody outside reads the name
	if known && !renamed && private == s.Private && s.Lost.Why == "" {
		return nil
	}
	s.Private = private
	if s.Lost = (coalition.Lost{}); renamed { // somebody acts there, so it is there
		s.Name = name
	}
	return v.put(ref, s)
}

// someone turns what a platform's picker of people sends into a person id, and records the person at first sight. It
// takes a user id of the place the event came from, or the full identity of anybody of the coalition. ok is false for
// somebody unknown.
func (v *visit) someone(ctx context.Context, pick string) (id string, ok bool, err error) {
	place, user := v.in.Place, pick
	if cut := strings.LastIndex(pick, ":"); cut >= 0 {
		place, user = pick[:cut], pick[cut+1:]
	}
	if user == "" || !slices.Contains(v.home.Places, place) {
		return "", false, nil
	}
	identity := coalition.Identity(place, user)
	_, known, err := find[string](ctx, v.work, flows.Ref{Kind: flows.KindIdentity, ID: identity})
	if err != nil {
		return "", false, err
	}
	platform, _, _ := strings.Cut(place, ":")
	if !known && v.profile(ctx, platform, place, user).gone {
		return "", false, nil
	}
	p, err := v.enrol(ctx, place, user, false)
	return p.ID, err == nil, err
}

// isAccount reports whether a text is somebody's account on one of the coalition's places, as Suggest names people.
func (v *visit) isAccount(text string) bool {
	return slices.ContainsFunc(v.home.Places, func(place string) bool { return strings.HasPrefix(text, place+":") })
}

// named finds the one person of the coalition who goes by a name, however it is written; "" when there is none or more
// than one.
func (v *visit) named(ctx context.Context, name string) (string, error) {
	name = alike(strings.TrimPrefix(strings.TrimSpace(name), "@"))
	people, err := all[coalition.Person](ctx, v.work, flows.KindPerson, "")
	if err != nil || name == "" {
		return "", err
	}
	found := ""
	for _, p := range people {
		if p.Same != "" {
			continue
		}
		full := alike(p.Name)
		given, _, _ := strings.Cut(full, " ")
		if name != full && name != given {
			continue
		}
		if found != "" {
			return "", nil
		}
		found = p.ID
	}
	return found, nil
}

// alike is a name as people write it who take little care: small letters, no accents, single spaces.
func alike(name string) string { return when.Unaccented(strings.ToLower(oneLine(name))) }

// zoneName is the zone that a person's dates and times are in.
func (v *visit) zoneName(p coalition.Person) string {
	if p.Zone != "" {
		return p.Zone
	}
	return v.home.Zone
}

// zone is zoneName's zone; one that has no data counts as UTC.
func (v *visit) zone(p coalition.Person) *time.Location {
	loc, err := v.b.Zone(v.zoneName(p))
	if err != nil {
		return time.UTC
	}
	return loc
}

// act says who acts, as the domain packages want to know it.
func (v *visit) act() plan.Act {
	p := v.person
	p.Hours = v.home.HoursOf(p) // a reminder comes in the hours that hold for them, chosen or not
	return plan.Act{Coalition: v.coalition, Person: p, Zone: v.zone(p), At: v.at}
}

// spoken is the language to speak with somebody whose platform tells l: the languages of the embedded pack, by their
// base tag, and otherwise the fallback.
func spoken(l, otherwise flows.Locale) flows.Locale {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(string(l)), "_", "-"), "-")
	switch flows.Locale(base) {
	case flows.English:
		return flows.English
	case flows.Spanish:
		return flows.Spanish
	default:
		return otherwise
	}
}

func personRef(id string) flows.Ref { return flows.Ref{Kind: flows.KindPerson, ID: id} }
