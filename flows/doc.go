// Package flows is the pure core of Convenor: it decides, and touches nothing.
//
// A Definition (data, loaded by package content) compiles to an immutable Flow. A Run is one conversation going
// through a Flow, by one person or by a group in a space. Advance takes a Flow, a Run and an Event and returns the
// changed Run and Effects: what the world owes, as data. It reads no clock, draws no random number and does no I/O:
// time, identities and fresh ids arrive inside the Event, so the same inputs give the same bytes.
//
// The package also holds the plain shapes that cross the store's port (Write, Delivery, Timer, Commit), so that
// packages bot and store need not know each other.
package flows
