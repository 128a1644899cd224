package sample

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

// Shown is an entry as a user of one system sees it in his calendar.
type Shown struct {
	ID, Subject, Location string
	Start, End            time.Time
	AllDay, Private       bool
	Series                bool
	// Fixed: it is not this person's to move or delete, or one of a series.
	Fixed bool
}

// Errors of what users do.
var (
	ErrStranger = errors.New("nobody here has that address")
	ErrFixed    = errors.New("that entry cannot be changed here")
	ErrNoEntry  = errors.New("there is no such entry any more")
)

// Zoned is the zone that a person's calendar is drawn in.
func (p Person) Zoned() *time.Location { return zone(p.Zone) }

func (f *Office) person(address string) (Person, error) {
	for _, p := range f.People {
		if strings.EqualFold(p.Email, address) {
			return p, nil
		}
	}
	return Person{}, ErrStranger
}

// InSevera is a person's calendar in Severa.
func (f *Office) InSevera(address string, from, to time.Time) ([]Shown, error) {
	p, err := f.person(address)
	if err != nil {
		return nil, err
	}
	var out []Shown
	personal := f.Severa.TypeOf(severasim.Personal)
	task := f.Severa.TypeOf(severasim.Task)
	for _, a := range f.Severa.Agenda(p.guid, from, to) {
		out = append(out, Shown{
			ID: a.GUID, Subject: a.Name, Location: a.Location, Start: a.Start, End: a.End, AllDay: a.AllDay,
			Private: a.TypeGUID == personal, Series: a.Parent != "", Fixed: a.Parent != "" || a.TypeGUID == task,
		})
	}
	return sorted(out), nil
}

// InExchange is a person's calendar in Exchange.
func (f *Office) InExchange(address string, from, to time.Time) ([]Shown, error) {
	p, err := f.person(address)
	if err != nil {
		return nil, err
	}
	items, err := f.Exchange.Items(p.Email, "calendar")
	if err != nil {
		return nil, fmt.Errorf("list calendar: %w", err)
	}
	var out []Shown
	for _, it := range items {
		for _, s := range dates(it, from, to) {
			if s.Start.Before(to) && s.End.After(from) {
				out = append(out, s)
			}
		}
	}
	return sorted(out), nil
}

// dates are when an item takes place about a time.
func dates(it ewssim.Stored, from, to time.Time) []Shown {
	one := func(x *ewssim.Item, start, end time.Time) Shown {
		return Shown{
			ID: it.ID, Subject: x.Subject, Location: x.Location, Start: start, End: end, AllDay: x.AllDay,
			Private: x.Sensitivity != "" && x.Sensitivity != "Normal", Series: it.Rule != nil, Fixed: it.Rule != nil || !it.IsOrganizer(),
		}
	}
	if it.Rule == nil {
		return []Shown{one(&it.Item, it.Start, it.End)}
	}
	var out []Shown
	first, lasts := ewssim.DayOf(it.Start), it.End.Sub(it.Start)
	// A date may have been moved some days from where its rule has it.
	const moves = 31
	for _, day := range it.Rule.Between(ewssim.DayOf(from.AddDate(0, 0, -moves)), ewssim.DayOf(to.AddDate(0, 0, moves))) {
		if it.Deleted[day] {
			continue
		}
		if x := it.Exceptions[day]; x != nil {
			out = append(out, one(x, x.Start, x.End))
			continue
		}
		start := it.Start.AddDate(0, 0, int(day-first))
		out = append(out, one(&it.Item, start, start.Add(lasts)))
	}
	return out
}

func sorted(out []Shown) []Shown {
	slices.SortStableFunc(out, func(a, b Shown) int { return a.Start.Compare(b.Start) })
	return out
}

// AddInSevera makes an entry as a person does in Severa.
func (f *Office) AddInSevera(address, subject string, start, end time.Time) error {
	p, err := f.person(address)
	if err != nil {
		return err
	}
	if _, err := f.Severa.AddActivity(severasim.Activity{
		Name: subject, Start: start.UTC(), End: end.UTC(), HasDuration: true,
		TypeGUID: f.Severa.TypeOf(severasim.CalendarEntry), OwnerGUID: p.guid,
	}); err != nil {
		return fmt.Errorf("add activity: %w", err)
	}
	return nil
}

// AddInExchange makes an entry as a person does in Outlook.
func (f *Office) AddInExchange(address, subject string, start, end time.Time) error {
	p, err := f.person(address)
	if err != nil {
		return err
	}
	if _, err := f.Exchange.Put(p.Email, "", ewssim.Item{
		Subject: subject, Start: start.In(p.Zoned()), End: end.In(p.Zoned()), StartZone: p.windows, EndZone: p.windows,
		FreeBusy: "Busy", ReminderSet: true, ReminderMinutes: 15,
	}); err != nil {
		return fmt.Errorf("add calendar item: %w", err)
	}
	return nil
}

// ChangeInSevera moves an entry of a person, or deletes it when start is zero.
func (f *Office) ChangeInSevera(address, id string, start, end time.Time) error {
	if _, err := f.person(address); err != nil {
		return err
	}
	a, ok := f.Severa.Activity(id)
	switch {
	case !ok:
		return ErrNoEntry
	case a.Parent != "" || a.Recurrence != nil || a.TypeGUID == f.Severa.TypeOf(severasim.Task):
		return ErrFixed
	case start.IsZero():
		return f.Severa.RemoveActivity(id)
	}
	return f.Severa.EditActivity(id, func(a *severasim.Activity) { a.Start, a.End = start.UTC(), end.UTC() })
}

// ChangeInExchange moves an entry of a person, or deletes it when start is zero.
// The copies of whom he has invited follow, as they do once those have answered.
func (f *Office) ChangeInExchange(address, id string, start, end time.Time) error {
	p, err := f.person(address)
	if err != nil {
		return err
	}
	items, err := f.Exchange.Items(p.Email, "calendar")
	if err != nil {
		return fmt.Errorf("list calendar: %w", err)
	}
	at := slices.IndexFunc(items, func(it ewssim.Stored) bool { return it.ID == id })
	if at < 0 {
		return ErrNoEntry
	}
	if items[at].Rule != nil || !items[at].IsOrganizer() {
		return ErrFixed
	}
	copies := []string{id}
	if items[at].IsMeeting() {
		copies, err = f.copies(items[at].UID)
	}
	for _, c := range copies {
		if err != nil {
			break
		}
		if start.IsZero() {
			err = f.Exchange.Drop(c, false)
		} else {
			err = f.Exchange.Edit(c, func(it *ewssim.Item) { it.Start, it.End = start, end })
		}
	}
	return err
}

// copies are the items of one meeting in all mailboxes.
func (f *Office) copies(uid string) ([]string, error) {
	var out []string
	for _, p := range f.People {
		items, err := f.Exchange.Items(p.Email, "calendar")
		if err != nil {
			return nil, fmt.Errorf("list calendar: %w", err)
		}
		for _, it := range items {
			if it.UID == uid {
				out = append(out, it.ID)
			}
		}
	}
	return out, nil
}
