package flows

func (t *turn) open() {
	switch t.e.Kind {
	case EventStart, EventNext, EventCarry, EventRemind, EventSort, EventCapture,
		EventMake, EventLook, EventAlso, EventClose, EventAgain, EventStep:
		t.stale()
	case EventAnswer:
		t.answer()
	case EventUnknown:
		t.unknown()
	case EventForm:
		if t.onTime() {
			t.openForm(t.form(nil))
		}
	case EventPage:
		t.page()
	case EventSkip:
		t.skip()
	case EventBack:
		t.back()
	case EventChange:
		t.change()
	case EventConfirm:
		t.confirm()
	case EventPause:
		t.pause()
	case EventResume:
		t.resume()
	case EventCancel:
		t.cancel()
	case EventMore:
		t.more()
	case EventRemove:
		t.remove()
	}
}

func (t *turn) paused() {
	switch t.e.Kind {
	case EventResume:
		if t.onTime() {
			t.take()
			t.note(Entry{Did: EventResume})
			t.run.State = StateOpen
			t.leave("run.below")
			t.ask(t.f.index[t.run.Node])
		}
	case EventChange:
		t.change()
	case EventConfirm:
		t.confirm()
	case EventCancel:
		t.cancel()
	case EventMore:
		t.more()
	case EventStart, EventAnswer, EventUnknown, EventForm, EventSkip, EventBack, EventPause, EventNext,
		EventPage, EventRemove, EventCarry, EventRemind, EventSort, EventCapture,
		EventMake, EventLook, EventAlso, EventClose, EventAgain, EventStep:
		t.stale()
	}
}

// over takes an event after the end: what was not handed over can still be changed.
func (t *turn) over() {
	switch t.e.Kind {
	case EventMore:
		t.more()
	case EventChange:
		if t.run.State == StateDone {
			t.change()
			return
		}
		t.stale()
	case EventStart, EventAnswer, EventUnknown, EventForm, EventSkip, EventBack, EventConfirm, EventPause, EventResume,
		EventCancel, EventNext, EventPage, EventRemove, EventCarry, EventRemind, EventSort, EventCapture,
		EventMake, EventLook, EventAlso, EventClose, EventAgain, EventStep:
		t.stale()
	}
}
