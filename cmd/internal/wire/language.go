package wire

import "github.com/jeandeaual/go-locale"

// Locales are what the desktop is set to, the best first; none where it does
// not tell.
func Locales() []string {
	wanted, err := locale.GetLocales()
	if err != nil {
		return nil
	}
	return wanted
}

// Language is what the user of a home folder prefers; empty: the desktop's. It
// is known before the office opens, because what stands in the way of that is
// to be understood as well.
func Language(home string) string {
	p, err := (&preferences{home: home}).read()
	if err != nil {
		return ""
	}
	return p.Language
}
