package sample

import (
	"fmt"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

// Edit does what a day at the office does to both calendars: entries are
// moved, renamed, deleted and made on either side, and two are changed on both
// sides at once. Entries are brought up to date with what the outcome has to
// be. pause lets the office's clock go on, so that one change is later than
// another. It says what was done, one sentence each.
func (f *Office) Edit(now time.Time, pause func(time.Duration)) ([]string, error) {
	d := &day{Office: f, now: now, pause: pause, used: map[int]bool{}}
	for _, step := range []func() error{
		d.move, d.rename, d.deleteInExchange, d.deleteInSevera, d.bothSameField, d.bothOtherFields, d.addInExchange, d.addInSevera,
	} {
		if err := step(); err != nil {
			return nil, err
		}
		pause(time.Minute)
	}
	return d.said, nil
}

type day struct {
	*Office
	now   time.Time
	pause func(time.Duration)
	used  map[int]bool
	said  []string
}

func (d *day) say(format string, args ...any) { d.said = append(d.said, fmt.Sprintf(format, args...)) }

// next finds an entry of a kind that is still to come, of one person alone;
// nil where the sample is too small to have one.
func (d *day) next(k Kind) (*Entry, ids) {
	for i := range d.Entries {
		e := &d.Entries[i]
		if e.Kind == k && !d.used[i] && e.Start.After(d.now) && len(e.Inside) == 0 {
			d.used[i] = true
			return e, d.ids[i]
		}
	}
	return nil, ids{}
}

func (d *day) who(e *Entry) string { return d.People[e.Owner].Name() }

func on(e *Entry) string { return e.Start.Format("Mon 02 Jan 15:04") }

func (d *day) move() error {
	e, at := d.next(OnlyExchange)
	if e == nil {
		return nil
	}
	from := on(e)
	e.Start, e.End = e.Start.Add(24*time.Hour+90*time.Minute), e.End.Add(24*time.Hour+90*time.Minute)
	d.say("%s moved “%s” from %s to %s in Exchange", d.who(e), e.Subject, from, on(e))
	return d.Exchange.Edit(at.exchange[e.Owner], func(it *ewssim.Item) { it.Start, it.End = e.Start, e.End })
}

func (d *day) rename() error {
	e, at := d.next(OnlySevera)
	if e == nil {
		return nil
	}
	old := e.Subject
	e.Subject += " – päivitetty"
	d.say("%s renamed “%s” to “%s” in Severa", d.who(e), old, e.Subject)
	return d.Severa.EditActivity(at.severa, func(a *severasim.Activity) { a.Name = e.Subject })
}

func (d *day) deleteInExchange() error {
	e, at := d.next(OnlyExchange)
	if e == nil {
		return nil
	}
	e.Deleted = true
	d.say("%s deleted “%s” on %s in Exchange", d.who(e), e.Subject, on(e))
	return d.Exchange.Drop(at.exchange[e.Owner], false)
}

func (d *day) deleteInSevera() error {
	e, at := d.next(OnlySevera)
	if e == nil {
		return nil
	}
	e.Deleted = true
	d.say("%s deleted “%s” on %s in Severa", d.who(e), e.Subject, on(e))
	return d.Severa.RemoveActivity(at.severa)
}

func (d *day) bothSameField() error {
	e, at := d.next(OnBoth)
	if e == nil {
		return nil
	}
	old := e.Subject
	if err := d.Exchange.Edit(at.exchange[e.Owner], func(it *ewssim.Item) { it.Subject = old + " (Outlook)" }); err != nil {
		return err
	}
	d.pause(3 * time.Minute)
	e.Subject = old + " (Severa)"
	d.say("%s renamed “%s” in Exchange, and three minutes later in Severa too", d.who(e), old)
	return d.Severa.EditActivity(at.severa, func(a *severasim.Activity) { a.Name = e.Subject })
}

func (d *day) bothOtherFields() error {
	e, at := d.next(OnBoth)
	if e == nil {
		return nil
	}
	e.Location, e.Notes = "Neuvotteluhuone Öland", strings.TrimSpace(e.Notes+"\nHuomioi uusi paikka.")
	d.say("%s changed the place of “%s” in Exchange and its notes in Severa", d.who(e), e.Subject)
	if err := d.Exchange.Edit(at.exchange[e.Owner], func(it *ewssim.Item) { it.Location = e.Location }); err != nil {
		return err
	}
	return d.Severa.EditActivity(at.severa, func(a *severasim.Activity) { a.Notes = e.Notes })
}

// added puts a new entry on the first working day after tomorrow.
func (d *day) added(e Entry, hour int) error {
	date := d.now.AddDate(0, 0, 2)
	for date.Weekday() == time.Saturday || date.Weekday() == time.Sunday {
		date = date.AddDate(0, 0, 1)
	}
	e.Start = time.Date(date.Year(), date.Month(), date.Day(), hour, 15, 0, 0, zone(d.People[e.Owner].Zone))
	e.End = e.Start.Add(45 * time.Minute)
	system := "Exchange"
	if e.Severa {
		system = "Severa"
	}
	d.say("%s made “%s” on %s in %s", d.who(&e), e.Subject, on(&e), system)
	d.Entries = append(d.Entries, e)
	return d.put(e)
}

func (d *day) addInExchange() error {
	return d.added(Entry{
		Kind: OnlyExchange, Subject: "Älykäs aikataulu – läpikäynti", Location: "Teams", Notes: "Lyhyt esittely.\nKysymyksiä?", Exchange: true,
	}, 9)
}

func (d *day) addInSevera() error {
	e := Entry{Kind: OnlySevera, Owner: len(d.People) - 1, Subject: "Förhandling – överenskommelse", Location: "Café Åäö", Severa: true}
	if e.Owner > 0 {
		e.Inside = []int{0}
	}
	return d.added(e, 13)
}
