package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"convenor/bot/web"
	"convenor/flows"
	"convenor/flows/coalition"
)

// zone finds a time zone by its IANA name, in the data that the binary carries.
func zone(name string) (*time.Location, error) { return time.LoadLocation(name) }

// seed makes the pretend coalition with its cast, unless it is there already, and returns its id. A second run, also
// after a first that was cut short, finds or finishes the same one.
func seed(ctx context.Context, h *house) (string, error) {
	id, err := h.store.Claim(ctx, web.PlaceSlack, newID())
	if err != nil {
		return "", err
	}
	if id, err = h.store.Claim(ctx, web.PlaceDiscord, id); err != nil {
		return "", err
	}
	ref := flows.Ref{Kind: flows.KindCoalition, ID: id}
	there, err := h.store.Load(ctx, id, ref)
	if err != nil || len(there) > 0 {
		return id, err
	}
	now := h.clock.now()
	c := flows.Commit{ID: newID(), Coalition: id, Audit: flows.Audit{At: now, Verb: "seed"}}
	put := func(ref flows.Ref, value any) error {
		data, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("encode %s: %w", ref.Kind, err)
		}
		c.Writes = append(c.Writes, flows.Write{Ref: ref, Data: data})
		return nil
	}
	cast := web.Cast()
	if err := put(ref, coalition.Coalition{
		ID: id, Name: "Pretend County Reentry Coalition", Locale: flows.English, Zone: cast[0].Zone,
		Places: []string{web.PlaceSlack, web.PlaceDiscord}, Created: now,
	}); err != nil {
		return "", err
	}
	for i, persona := range cast {
		person := coalition.Person{
			ID: newID(), Name: persona.Name, Identities: []string{persona.Identity()}, Role: castRole(i, persona),
			Zone: persona.Zone, ZoneSource: coalition.SourcePlatform, Locale: persona.Locale, Joined: now.Add(time.Duration(i)),
		}
		if err := put(flows.Ref{Kind: flows.KindPerson, ID: person.ID}, person); err != nil {
			return "", err
		}
		if err := put(flows.Ref{Kind: flows.KindIdentity, ID: persona.Identity()}, person.ID); err != nil {
			return "", err
		}
	}
	return id, h.store.Commit(ctx, c)
}

// castRole gives the first of the cast the coordinator's role and the people on Discord the volunteer's.
func castRole(i int, p web.Persona) coalition.Role {
	switch {
	case i == 0:
		return coalition.RoleCoordinator
	case p.Place() == web.PlaceDiscord:
		return coalition.RoleVolunteer
	default:
		return coalition.RoleMember
	}
}
