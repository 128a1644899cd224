package main

import (
	"cmp"

	"lockstep/cmd/internal/wire"
	words "lockstep/ui/say"
)

// language is what the user of a home folder is spoken to in.
func language(home string) string {
	return cmp.Or(wire.Language(home), words.Match(wire.Locales()...))
}

// speak says everything in a language from now on. An unknown one changes nothing.
func speak(tag string) bool { return tag != words.Tag() && words.Use(tag) == nil }

// speak follows what the user prefers, which the window may have changed.
func (r *resident) speak() {
	if r.language != nil && speak(r.language()) && r.icon != nil {
		r.icon.Speak()
	}
}
