package main

import (
	"fmt"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

// side is where something is; the words are those of the program's reports.
type side int

const (
	business side = iota
	exchange
)

func (s side) String() string { return [...]string{"Severa", "Exchange"}[s] }

// The fields that people edit and the oracle compares.
const (
	subject  = "subject"
	when     = "when"
	location = "location"
	notes    = "notes"
)

func fields() []string { return []string{subject, when, location, notes} }

// values are the fields of one copy of an entry, in one form for both sides.
type values map[string]string

func span(start, end time.Time) string {
	return start.UTC().Format(time.RFC3339) + "/" + end.UTC().Format(time.RFC3339)
}

func plainText(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

func ofItem(it ewssim.Stored) values {
	return values{
		subject: it.Subject, when: span(it.Start, it.End), location: it.Location, notes: plainText(it.Body.Text),
	}
}

func ofActivity(a severasim.Activity) values {
	return values{subject: a.Name, when: span(a.Start, a.End), location: a.Location, notes: plainText(a.Notes)}
}

// tokenOf is the name that an entry's subject begins with, for ever.
func tokenOf(text string) string {
	name, _, _ := strings.Cut(text, " ")
	return name
}

// copyThere is one entry as it stands in Exchange.
type copyThere struct {
	ewssim.Stored
	person int
}

// view is what both servers hold, by the name of the entry.
type view struct {
	severa   map[string][]severasim.Activity
	exchange map[string][]copyThere
	// trash are the copies in other folders than the calendar.
	trash map[string][]copyThere
}

// look reads both servers' storage.
func (o *office) look() (view, error) {
	v := view{severa: map[string][]severasim.Activity{}, exchange: map[string][]copyThere{}, trash: map[string][]copyThere{}}
	for _, a := range o.severa.Activities() {
		v.severa[tokenOf(a.Name)] = append(v.severa[tokenOf(a.Name)], a)
	}
	for p := range people {
		items, err := o.exchange.Items(address(p), "")
		if err != nil {
			return v, fmt.Errorf("read mailbox: %w", err)
		}
		for _, it := range items {
			if !it.IsCalendar() || it.Associated {
				continue
			}
			to := v.exchange
			if it.Folder != "calendar" {
				to = v.trash
			}
			to[tokenOf(it.Subject)] = append(to[tokenOf(it.Subject)], copyThere{it, p})
		}
	}
	return v, nil
}
