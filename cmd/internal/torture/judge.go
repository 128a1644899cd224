package main

import (
	"fmt"
	"slices"
)

// verdict is what the oracle found wrong after a rest.
type verdict struct {
	Lost, Duplicated, Wrong []string
}

func (v *verdict) lost(format string, args ...any) {
	v.Lost = append(v.Lost, fmt.Sprintf(format, args...))
}

func (v *verdict) twice(format string, args ...any) {
	v.Duplicated = append(v.Duplicated, fmt.Sprintf(format, args...))
}

func (v *verdict) wrong(format string, args ...any) {
	v.Wrong = append(v.Wrong, fmt.Sprintf(format, args...))
}

func (v verdict) clean() bool { return len(v.Lost)+len(v.Duplicated)+len(v.Wrong) == 0 }

// judge holds both servers against what people did, and takes what stands there as the new base.
func (c *crowd) judge() (verdict, error) {
	var out verdict
	seen, err := c.look()
	if err != nil {
		return out, err
	}
	for name, t := range c.tokens {
		c.judgeOne(&out, seen, t)
		if t.gone {
			delete(c.tokens, name)
		}
	}
	for name, all := range seen.severa {
		if c.tokens[name] == nil && !out.names(name) {
			out.wrong("%s stands %d times in Severa and nobody made it, or somebody deleted it", name, len(all))
		}
	}
	for name, all := range seen.exchange {
		if c.tokens[name] == nil && !out.names(name) {
			out.wrong("%s stands %d times in Exchange and nobody made it, or somebody deleted it", name, len(all))
		}
	}
	if n := len(c.exchange.Mail()); n > 0 {
		out.wrong("%d mails were sent", n)
	}
	return out, nil
}

// names tells whether an entry is in the verdict already.
func (v verdict) names(name string) bool {
	return slices.ContainsFunc(slices.Concat(v.Lost, v.Duplicated, v.Wrong), func(s string) bool { return tokenOf(s) == name })
}

// judgeOne judges one entry.
func (c *crowd) judgeOne(out *verdict, seen view, t *token) {
	there, here := seen.exchange[t.name], seen.severa[t.name]
	if t.gone {
		if len(here)+len(there) > 0 {
			out.wrong("%s was deleted and stands %d times in Severa, %d times in Exchange", t.name, len(here), len(there))
		}
		return
	}
	switch {
	case len(here) == 0:
		out.lost("%s is not in Severa, made in %s", t.name, t.made)
	case len(here) > 1:
		out.twice("%s is %d times in Severa", t.name, len(here))
	}
	for p := range people {
		n := 0
		for _, it := range there {
			if it.person == p {
				n++
			}
		}
		want := 0
		if p == t.owner || p == t.guest {
			want = 1
		}
		switch {
		case n < want:
			out.lost("%s is not in the calendar of person %d, made in %s", t.name, p, t.made)
		case n > want:
			out.twice("%s is %d times in the calendar of person %d, want %d", t.name, n, p, want)
		}
	}
	// A duplicate that was tidied away again was a duplicate.
	if n := len(seen.trash[t.name]); n > 0 {
		out.twice("%s is %d times in Deleted Items although nobody deleted it", t.name, n)
	}
	if !out.names(t.name) {
		c.compare(out, t, seen)
	}
}

// compare demands that all copies say the same, and nothing that people did not say.
func (c *crowd) compare(out *verdict, t *token, seen view) {
	have := ofActivity(seen.severa[t.name][0])
	for _, it := range seen.exchange[t.name] {
		for _, f := range fields() {
			if got := ofItem(it.Stored)[f]; got != have[f] {
				out.wrong("%s: %s is %q in Severa and %q with person %d", t.name, f, have[f], got, it.person)
			}
		}
	}
	for _, f := range fields() {
		legal := []string{}
		for _, s := range []side{business, exchange} {
			if v, ok := t.said[s][f]; ok {
				legal = append(legal, v)
			}
		}
		if len(legal) == 0 {
			legal = append(legal, t.base[f])
		}
		if !slices.Contains(legal, have[f]) {
			out.lost("%s: %s is %q, but people last wrote %q", t.name, f, have[f], legal)
		}
	}
	t.base, t.said, t.rested = have, [2]values{{}, {}}, true
}
