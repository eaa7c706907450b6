package content

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// stigma are words that reduce people to one thing, or blame the reader, each with what to say instead.
func stigma() map[string]string {
	words := map[string]string{}
	for _, entry := range []struct{ say, instead string }{
		{"people coming home", "offender, offenders, ex-offender, ex-offenders, ex-con, ex-cons, ex-convict, ex-convicts, convict, convicts, felon, felons, criminals, jailbird, returning citizens"},
		{"people in jail, people in prison", "inmate, inmates, prisoner, prisoners"},
		{"people with a substance use problem", "addict, addicts, junkie, junkies, drug abuser, drug abusers, drug user, drug users, alcoholic, alcoholics"},
		{"not using", "got clean, stay clean, is clean, are clean"},
		{"people without a home", "the homeless, homeless people, a homeless"},
		{"people with a mental illness", "the mentally ill, crazy, insane"},
		{"people who do not have papers", "illegal alien, illegal aliens, illegals"},
		{"what happened, and what to do next", "your fault, your mistake, you failed, you forgot, you should have, you were supposed, invalid, illegal input, wrong answer"},
		{"personas que vuelven a casa", "delincuente, delincuentes, exdelincuente, exdelincuentes, ex-delincuente, criminales, convicto, convictos, exconvicto, exconvictos, ex-convicto, ex-convictos, expresidiario, expresidiarios"}, //nolint:misspell // Spanish
		{"personas en la cárcel, personas en prisión", "reo, reos, recluso, reclusa, reclusos, reclusas, preso, presa, presos, presas, presidiario, presidiarios"},
		{"personas que tienen un problema con sustancias", "adicto, adicta, adictos, adictas, drogadicto, drogadicta, drogadictos, drogadictas, alcohólico, alcohólicos, borracho, borrachos"},
		{"personas sin un lugar donde vivir", "los sin techo, indigente, indigentes, vagabundo, vagabundos"},
		{"personas con una enfermedad mental", "enfermo mental, enfermos mentales, loco, loca, locos, locas"},
		{"personas que no tienen papeles", "ilegales"},
		{"qué pasó, y qué hacer ahora", "tu culpa, tu error, te equivocaste, olvidaste, te olvidaste, fallaste, debiste, debías, inválido, inválida"},
	} {
		for word := range strings.SplitSeq(entry.instead, ", ") {
			words[word] = entry.say
		}
	}
	return words
}

// phraseWords is how many words the longest entry of stigma has.
const phraseWords = 3

// kind reports words that reduce people to one thing, or blame the reader.
func (l *linter) kind(s said, n *yaml.Node) {
	var tokens []string
	for word := range strings.FieldsSeq(n.Value) {
		tokens = append(tokens, bare(word))
	}
	for i := range tokens {
		for length := min(phraseWords, len(tokens)-i); length > 0; length-- {
			found := strings.Join(tokens[i:i+length], " ")
			if instead, ok := l.stigma[found]; ok {
				s.file.breaks(ruleStigma, n, "“"+found+"” hurts, or blames.", "Say it with the person first, and without blame, such as: "+instead+".")
				break
			}
		}
	}
}

// address reports Spanish that calls the reader by anything but tú, and a group by anything but ustedes.
func (l *linter) address(s said, n *yaml.Node) {
	informal := []string{"tú", "te", "ti", "contigo", "tuyo", "tuya", "tus"}
	formal := []string{"usted", "ud", "vd"}
	spain := []string{"vosotros", "vosotras", "vuestro", "vuestra", "vuestros", "vuestras", "os"}
	found, both := "", false
	own := l.quoted.ReplaceAllString(n.Value, "") // what others are to be told may be as formal as it likes
	for word := range strings.FieldsSeq(own) {
		word = bare(word)
		both = both || slices.Contains(informal, word)
		if slices.Contains(formal, word) || slices.Contains(spain, word) {
			found = word
		}
	}
	if m := l.asks.FindStringSubmatch(own); found == "" && m != nil {
		found = m[1]
	}
	switch {
	case found == "":
	case both:
		s.file.breaks(ruleAddress, n, "This text calls the reader tú, and then there is “"+found+"”.", "Say tú to one person, and ustedes to several, all through.")
	default:
		s.file.breaks(ruleAddress, n, "“"+found+"” is not how Convenor speaks to people.", "Say tú to one person, and ustedes to several.")
	}
}
