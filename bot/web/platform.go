package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"convenor/bot"
	"convenor/flows"
)

// Platform is one of the pretend chat services. What is sent to it stands in its World.
type Platform struct {
	world *World
	name  string
}

// Name is the word used in identities and places.
func (p *Platform) Name() string { return p.name }

// Send posts m.
func (p *Platform) Send(ctx context.Context, to bot.Address, key string, m bot.Message) (flows.Posted, error) {
	if err := ctx.Err(); err != nil {
		return flows.Posted{}, err
	}
	conv, err := p.conversation(to)
	if err != nil {
		return flows.Posted{}, err
	}
	it, err := p.world.post(conv, key, viewMessage(m))
	if err != nil {
		return flows.Posted{}, err
	}
	return p.posted(it), nil
}

// Edit replaces a message.
func (p *Platform) Edit(ctx context.Context, at flows.Posted, m bot.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if at.Platform != p.name {
		return errors.New("edit: the message stands on another platform")
	}
	ok, err := p.world.edit(at.Channel, at.Message, viewMessage(m))
	if err == nil && !ok {
		err = &bot.GoneError{Reason: "deleted"}
	}
	return err
}

// Retract removes a message.
func (p *Platform) Retract(ctx context.Context, at flows.Posted) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ok, err := p.world.takeBack(at.Channel, at.Message)
	if err == nil && !ok {
		err = &bot.GoneError{Reason: "deleted"}
	}
	return err
}

// Find looks for the message marked key.
func (p *Platform) Find(ctx context.Context, to bot.Address, key string, since time.Time, but ...flows.Posted) (flows.Posted, bool, error) {
	if err := ctx.Err(); err != nil {
		return flows.Posted{}, false, err
	}
	conv, err := p.conversation(to)
	if err != nil {
		return flows.Posted{}, false, err
	}
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	it := p.world.find(conv, key, since, standing(but))
	if it == nil {
		return flows.Posted{}, false, nil
	}
	return p.posted(it), true, nil
}

// standing lists the ids of messages.
func standing(list []flows.Posted) (ids []string) {
	for _, at := range list {
		ids = append(ids, at.Message)
	}
	return ids
}

// Profile tells about a member of the cast.
func (p *Platform) Profile(ctx context.Context, place, user string) (bot.Profile, error) {
	if err := ctx.Err(); err != nil {
		return bot.Profile{}, err
	}
	who, ok := persona(user)
	if !ok || who.Place() != place || who.Platform != p.name {
		return bot.Profile{}, &bot.GoneError{Reason: "unknown"}
	}
	return bot.Profile{Name: who.Name, Zone: who.Zone, Locale: p.world.locale(who)}, nil
}

// conversation finds where an address leads to.
func (p *Platform) conversation(to bot.Address) (string, error) {
	if to.User != "" {
		who, ok := persona(to.User)
		if ok && to.Channel == "" && who.Platform == p.name && who.Place() == to.Place {
			return directPrefix + who.User, nil
		}
		return "", &bot.GoneError{Reason: "unknown"}
	}
	for _, c := range Channels() {
		if c.ID == to.Channel && c.Platform == p.name && c.Place() == to.Place {
			return channelPrefix + c.ID, nil
		}
	}
	return "", &bot.GoneError{Reason: "unknown"}
}

func (p *Platform) posted(it *item) flows.Posted {
	return flows.Posted{Platform: p.name, Channel: it.Conv, Message: it.ID}
}

// sees reports whether a conversation is one of a persona's.
func sees(p Persona, conv string) bool { return slices.Contains(conversations(p), conv) }
