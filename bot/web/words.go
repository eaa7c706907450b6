package web

import "convenor/flows"

// pageWords are the words that the page itself says, by key. The page asks for no others.
func pageWords() []string {
	return []string{
		"web.title", "web.playground", "web.intro", "web.skip", "web.language", "web.speaks.en", "web.speaks.es", "web.speak.en", "web.speak.es", "web.reads.en", "web.reads.es",
		"web.lost", "web.noscript",
		"web.panes", "web.pane.people", "web.pane.talk", "web.pane.memory",
		"web.people", "web.role.rosa", "web.role.marcus", "web.role.ana", "web.role.james", "web.local", "web.unread", "web.you",
		"web.machine", "web.machine.hour", "web.machine.tomorrow", "web.machine.week", "web.machine.now", "web.machine.stopped",
		"menu.ask", "menu.messenger", "menu.step", "menu.me", "step.button.done", // what the guide calls Convenor's own buttons
		"web.guide", "web.guide.go", "web.guide.ticked", "web.guide.ask", "web.guide.answer", "web.guide.signup",
		"web.guide.step", "web.guide.take", "web.guide.nudge", "web.guide.done", "web.guide.over",
		"web.guide.did.ask", "web.guide.did.answer", "web.guide.did.signup", "web.guide.did.step", "web.guide.did.take",
		"web.guide.did.nudge", "web.guide.did.done",
		"web.conversations", "web.direct", "web.where.channel", "web.where.direct", "web.platform.slack", "web.platform.discord",
		"web.quiet", "web.said", "web.elsewhere", "web.edited", "web.private", "web.dismiss", "web.menu",
		"web.script", "web.write.channel", "web.write.direct", "web.send", "web.choose", "web.pick", "web.pick.person", "web.optional",
		"web.yes", "web.no", "web.notsaved", "web.notsaved.form", "web.memory", "web.memory.about", "web.at",
	}
}

// words are the page's words in one language; a word that the language lacks is English.
func (s *Server) words(locale flows.Locale) map[string]string {
	words := map[string]string{}
	for _, key := range pageWords() {
		said, ok := s.Pack.Word(locale, key, -1)
		if !ok {
			said, ok = s.Pack.Word(flows.English, key, -1)
		}
		if !ok {
			said = key
		}
		words[key] = said
	}
	return words
}
