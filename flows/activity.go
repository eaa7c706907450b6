package flows

// Activity is one page of the toolkit, as the menus show it.
type Activity struct {
	ID         string // like "2.3.3"
	Section    Text   // the toolkit's section that it is in; its number is the ID without the last part
	Title      Text   // house label
	Page       string // title of the toolkit page, in English
	Link       string
	Goal       Text     // what a coalition gets done, one line
	BuildsOn   []string // activities whose results this one needs
	References []string // further reading that the page lists, by title
	Questions  int
	Round      string // flow that asks it in a space
	Alone      string // flow that one person answers alone
}
