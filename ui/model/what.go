package model

import (
	"slices"
	"strconv"
	"strings"

	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// ActivityRow is an activity type to be ticked.
type ActivityRow struct {
	Name, Note string
	// Usable: it can go to Outlook.
	Usable bool
}

// Activities are the activity types as a person chooses among them: those that
// can never be chosen come last, with the reason.
func Activities(types []localapi.Activity) []ActivityRow {
	var out []ActivityRow
	for _, t := range types {
		if !t.Active {
			continue
		}
		r := ActivityRow{Name: t.Name, Usable: true}
		switch t.Category {
		case "project_task":
			r.Usable, r.Note = false, say.T("Project tasks are never kept in step: they plan work and fill no time of the day.")
		case "personal":
			r.Note = say.T("Private entries go here")
		case "absence":
			r.Note = say.T("Absences")
		}
		if t.Default && r.Note == "" {
			r.Note = say.T("New entries from Outlook get this type")
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b ActivityRow) int {
		switch {
		case a.Usable == b.Usable:
			return 0
		case a.Usable:
			return -1
		}
		return 1
	})
	return out
}

// ActivityTicks are the types that go out; none chosen means all.
func ActivityTicks(types []localapi.Activity, chosen []string) map[string]bool {
	out := map[string]bool{}
	for _, t := range types {
		out[t.Name] = len(chosen) == 0 || Has(chosen, t.Name) || Has(chosen, t.ID)
	}
	return out
}

// ChosenTypes are the types of a draft: none where all are ticked, so that a
// type that is made later goes out as well.
func ChosenTypes(types []localapi.Activity, on map[string]bool) []string {
	var out []string
	all := true
	for _, r := range Activities(types) {
		if !r.Usable {
			continue
		}
		if on[r.Name] {
			out = append(out, r.Name)
		} else {
			all = false
		}
	}
	if all {
		return nil
	}
	return out
}

// Privacies are what the other side can get of private entries.
func Privacies() []string { return []string{"auto", "busy_only", "full", "not_at_all"} }

// PrivacyNames are the choices of Privacies.
func PrivacyNames() []string {
	return []string{say.T("Hidden from others, else busy"), say.T("Busy, without text"), say.T("With their text"), say.T("Nothing")}
}

// Word is a word of a draft and what it is called.
type Word struct{ Word, Say string }

// ShowAsWords are the ways an entry can show the time that keep it out of Severa.
func ShowAsWords() []Word {
	return []Word{
		{"free", say.T("Entries shown as free stay in Outlook")},
		{"tentative", say.T("Tentative entries stay in Outlook")},
	}
}

// The days of a draft that says nothing.
const (
	usualBack  = 30
	usualAhead = 180
)

// DaysBack is how far a first sync looks back, to be typed over.
func DaysBack(r localapi.DraftRules) string {
	if r.DaysBack == nil {
		return strconv.Itoa(usualBack)
	}
	return strconv.Itoa(*r.DaysBack)
}

// DaysAhead is how far ahead entries are kept in step.
func DaysAhead(r localapi.DraftRules) string {
	if r.DaysAhead == 0 {
		return strconv.Itoa(usualAhead)
	}
	return strconv.Itoa(r.DaysAhead)
}

// DaysWrong is what is wrong with a number of days; empty: nothing.
func DaysWrong(text string) string {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err != nil || n < 0 || n > 3650 {
		return say.T("Write a number of days up to 3650.")
	}
	return ""
}

// SetDays takes typed days into a draft. What is the usual is left out, so that
// a later version's usual holds.
func SetDays(r *localapi.DraftRules, back, ahead string) {
	if n, err := strconv.Atoi(strings.TrimSpace(back)); err == nil {
		r.DaysBack = &n
		if n == usualBack {
			r.DaysBack = nil
		}
	}
	if n, err := strconv.Atoi(strings.TrimSpace(ahead)); err == nil {
		r.DaysAhead = n
		if n == usualAhead {
			r.DaysAhead = 0
		}
	}
}

// Has tells whether a word is in a list, whatever its case.
func Has(list []string, word string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, word) })
}

// With is a list with a word, or without it.
func With(list []string, word string, on bool) []string {
	out := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.EqualFold(s, word) })
	if on {
		out = append(out, word)
	}
	return out
}
