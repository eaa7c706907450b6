package coalition

import "convenor/flows"

// ZoneNamed is a zone that can be picked, by the name of its option.
type ZoneNamed struct {
	Option string
	Zone   string // IANA name
}

// Zones lists the zones that can be picked, from east to west.
func Zones() []ZoneNamed {
	return []ZoneNamed{
		{"puerto-rico", "America/Puerto_Rico"},
		{"eastern", "America/New_York"},
		{"central", "America/Chicago"},
		{"mountain", "America/Denver"},
		{"arizona", "America/Phoenix"},
		{"pacific", "America/Los_Angeles"},
		{"alaska", "America/Anchorage"},
		{"hawaii", "Pacific/Honolulu"},
	}
}

// zoneOf is the zone of an option.
func zoneOf(option string) (zone string, ok bool) {
	for _, z := range Zones() {
		if z.Option == option {
			return z.Zone, true
		}
	}
	return "", false
}

// SetZone keeps the zone that a person chose. No platform may change it again.
func SetZone(p Person, zone string) flows.Change {
	p.Zone, p.ZoneSource, p.ZoneAsked = zone, SourcePerson, true
	return p.kept()
}

// AskZone keeps that a person was asked for their zone: it is asked once.
func AskZone(p Person) flows.Change {
	p.ZoneAsked = true
	return p.kept()
}
