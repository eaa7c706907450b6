package check

// Spread counts how many people gave a practice each rating, from Lowest to Highest. It tells nothing about who.
type Spread [Highest + 1]int

// spread counts the ratings of one practice.
func spread(sheets []Sheet, practice string) Spread {
	var s Spread
	for _, sheet := range sheets {
		if r, ok := sheet.Ratings[practice]; ok && r >= Lowest && r <= Highest {
			s[r]++
		}
	}
	return s
}

// People counts who rated the practice.
func (s Spread) People() int {
	count := 0
	for _, n := range s {
		count += n
	}
	return count
}

// Lowest is the lowest rating that somebody gave.
func (s Spread) Lowest() int { return s.rank(0) }

// Middle is the rating in the middle when all stand in a row; with two in the middle the lower one.
func (s Spread) Middle() int { return s.rank((s.People() - 1) / 2) }

// Highest is the highest rating that somebody gave.
func (s Spread) Highest() int { return s.rank(s.People() - 1) }

// rank is the rating at a place, from 0, when all stand in a row; Lowest when there are none.
func (s Spread) rank(place int) int {
	for rating, n := range s {
		if place < n {
			return rating
		}
		place -= n
	}
	return Lowest
}

// apart orders spreads by how far people lie apart: by the distance of the ends, and where that is the same by how far
// people are from the middle on average.
func (s Spread) apart() int {
	const perStep = 1000
	steps, people, middle := 0, s.People(), s.Middle()
	if people == 0 {
		return -1
	}
	for rating, n := range s {
		steps += n * max(rating-middle, middle-rating)
	}
	return (s.Highest()-s.Lowest())*perStep + steps*(perStep-1)/(people*Highest)
}
