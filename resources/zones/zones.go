// Package zones translates between the two names that a time zone has: the id
// of Windows, which Exchange speaks, and the name of the IANA database, which
// everything else speaks.
//
// The table is made of facts of Unicode CLDR 48 (npm packages cldr-core,
// supplemental/windowsZones.json, and cldr-bcp47, bcp47/timezone.json): one
// line per Windows id with a tab and its IANA names. The first is the one for
// territory 001, in the spelling that IANA prefers today; the others follow in
// alphabetical order: the names of all territories and their aliases, as far
// as the Go toolchain's zone database knows them. Two things
// differ: the first name of UTC is the one that Go has, and Scoresbysund,
// Vostok and Casey are left out, because the clocks there have changed and are
// no longer those of the id that CLDR names. The data are under the Unicode
// License v3 (https://www.unicode.org/license.txt), copyright © 1991-2026
// Unicode, Inc.
//
// It holds names only. It must not know rules, offsets or the clock, nor
// anything else of the project.
package zones

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed zones.tsv
var tsv string

// tables are the two directions of the embedded table, keyed in lower case.
type tables struct {
	iana    map[string]string
	windows map[string]string
}

// load reads the table once; it never changes.
var load = sync.OnceValue(func() tables { return read(tsv) })

func read(text string) tables {
	t := tables{iana: map[string]string{}, windows: map[string]string{}}
	for line := range strings.Lines(text) {
		id, names, ok := strings.Cut(strings.TrimSpace(line), "\t")
		all := strings.Fields(names)
		if !ok || len(all) == 0 {
			continue
		}
		t.iana[strings.ToLower(id)] = all[0]
		for _, name := range all {
			t.windows[strings.ToLower(name)] = id
		}
	}
	return t
}

// ToIANA returns the IANA name for a Windows id, compared without case; false
// for an id that is not in the table, such as those that programs make up for
// rules of their own.
func ToIANA(windows string) (string, bool) {
	id := strings.ToLower(strings.TrimSpace(windows))
	// Exchange names UTC so in items that were made without any zone.
	if id == "tzone://microsoft/utc" {
		id = "utc"
	}
	name, ok := load().iana[id]
	return name, ok
}

// ToWindows returns the Windows id for an IANA name or one of its aliases,
// compared without case. Several names share an id, so that ToIANA need not
// give the same name back; false for the few zones that Windows has not.
func ToWindows(iana string) (string, bool) {
	id, ok := load().windows[strings.ToLower(strings.TrimSpace(iana))]
	return id, ok
}

// Names lists the IANA names that ids lead to, each once: those whose id stands
// for the most places first.
func Names() []string {
	t := load()
	places := map[string]int{}
	for _, id := range t.windows {
		places[t.iana[strings.ToLower(id)]]++
	}
	return slices.SortedFunc(maps.Keys(places), func(a, b string) int {
		return cmp.Or(cmp.Compare(places[b], places[a]), strings.Compare(a, b))
	})
}
