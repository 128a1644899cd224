package event

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// full is an event with something in every field.
func full() Event {
	when := Span{Start: Wall{Date{2026, 3, 2}, 10, 0, 0}, End: Wall{Date{2026, 3, 2}, 11, 0, 0}, Zone: "Europe/Helsinki"}
	return Event{
		Subject: "Staff", When: when, Location: "Room 1", Notes: "agenda", Private: true, ShowAs: ShowBusy,
		Reminder: Reminder{Set: true, Minutes: 15}, Kind: Kind{ID: "k1", Name: "Visit", Group: GroupCalendar}, Done: true,
		Attendees:  []Attendee{{Address: "a@example.com"}, {Address: "b@example.com"}},
		Recurrence: &Recurrence{Frequency: Weekly, Interval: 1, Days: 1 << time.Monday},
	}
}

// edits change one field each.
func edits() map[FieldSet]func(*Event) {
	return map[FieldSet]func(*Event){
		FieldSubject:    func(e *Event) { e.Subject += "!" },
		FieldWhen:       func(e *Event) { e.When.End.Minute = 30 },
		FieldLocation:   func(e *Event) { e.Location = "" },
		FieldNotes:      func(e *Event) { e.Notes = "" },
		FieldPrivate:    func(e *Event) { e.Private = false },
		FieldShowAs:     func(e *Event) { e.ShowAs = ShowFree },
		FieldReminder:   func(e *Event) { e.Reminder.Minutes = 0 },
		FieldKind:       func(e *Event) { e.Kind.ID = "k2" },
		FieldDone:       func(e *Event) { e.Done = false },
		FieldAttendees:  func(e *Event) { e.Attendees = e.Attendees[:1] },
		FieldRecurrence: func(e *Event) { e.Recurrence = &Recurrence{Frequency: Weekly, Interval: 2, Days: 1 << time.Monday} },
	}
}

func TestDiff_NamesEachFieldAlone(t *testing.T) {
	if got := Diff(full(), full()); got != 0 {
		t.Errorf("Diff of equal events = %s, want none", got)
	}
	all := edits()
	for _, f := range AllFields.Each() {
		e := full()
		all[f](&e)
		if got := Diff(full(), e); got != f {
			t.Errorf("Diff after a change of %s = %s", f, got)
		}
		if got := Diff(e, full()); got != f {
			t.Errorf("Diff the other way round after a change of %s = %s", f, got)
		}
	}
	if len(all) != len(AllFields.Each()) {
		t.Errorf("%d fields are tested, there are %d", len(all), len(AllFields.Each()))
	}
}

func TestDiff_PassesOverEachSidesOwnRendering(t *testing.T) {
	e := full()
	e.Kind.Name, e.Kind.Group = "Besuch", GroupAbsence
	e.Attendees = []Attendee{{Address: "a@example.com", Name: "A", Response: ResponseAccepted}, {Address: "b@example.com", Role: RoleOptional}}
	if got := Diff(full(), e); got != 0 {
		t.Errorf("Diff = %s, want none", got)
	}
}

func TestDiff_ComparesSinglesByMomentAndSeriesByClock(t *testing.T) {
	a := full()
	b := a
	b.When = a.When.Rezone("UTC")
	if got := Diff(a, b); got != FieldWhen {
		t.Errorf("series in two zones: Diff = %s, want when", got)
	}
	a.Recurrence, b.Recurrence = nil, nil
	if got := Diff(a, b); got != 0 {
		t.Errorf("single entry in two zones: Diff = %s, want none", got)
	}
}

func TestTake_CopiesExactlyTheGivenFields(t *testing.T) {
	for _, f := range AllFields.Each() {
		if got := Diff(Take(Event{}, full(), f), Event{}); got&^FieldWhen != f&^FieldWhen || f == FieldWhen && got != f {
			t.Errorf("Take %s changed %s", f, got)
		}
		if got := Diff(Take(full(), Event{}, AllFields&^f), full()); got&f != 0 {
			t.Errorf("Take of all but %s changed it", f)
		}
	}
	if diff := cmp.Diff(full(), Only(full(), AllFields)); diff != "" {
		t.Errorf("Only all fields differs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Event{Subject: "Staff", Done: true}, Only(full(), FieldSubject|FieldDone)); diff != "" {
		t.Errorf("Only two fields differs (-want +got):\n%s", diff)
	}
}

func TestFieldSet_NamesAndHolds(t *testing.T) {
	if got := AllFields.String(); got != "subject,when,location,notes,private,show_as,reminder,kind,done,attendees,recurrence" {
		t.Errorf("String = %q", got)
	}
	f := FieldWhen | FieldNotes
	if !f.Has(FieldWhen) || !f.Has(f) || !f.Has(0) || f.Has(FieldSubject|FieldWhen) {
		t.Errorf("Has of %s is wrong", f)
	}
	if diff := cmp.Diff([]FieldSet{FieldWhen, FieldNotes}, f.Each()); diff != "" {
		t.Errorf("Each differs (-want +got):\n%s", diff)
	}
	if got := FieldSet(0).Names(); got == nil || len(got) != 0 {
		t.Errorf("Names of nothing = %#v, want an empty list", got)
	}
	if len(AllFields.Each()) != 11 || len(AllFields.Names()) != 11 {
		t.Errorf("there are %d fields and %d names, want 11", len(AllFields.Each()), len(AllFields.Names()))
	}
}

func TestRecurrence_EqualSeesEveryPart(t *testing.T) {
	at := Wall{Date{2026, 3, 9}, 10, 0, 0}
	rule := func() *Recurrence {
		return &Recurrence{
			Frequency: Yearly, Interval: 1, Days: 1 << time.Monday, Ordinal: 2, DayOfMonth: 3, Month: time.March,
			FirstDay: time.Monday, Count: 4, Until: Date{2030, 1, 1},
			Overrides: []Override{{Original: at, Fields: FieldSubject, Event: Event{Subject: "Moved", Notes: "left"}}},
			Deleted:   []Wall{at},
		}
	}
	if !rule().Equal(rule()) {
		t.Error("a rule does not equal itself")
	}
	for name, change := range map[string]func(*Recurrence){
		"frequency":   func(r *Recurrence) { r.Frequency = Monthly },
		"interval":    func(r *Recurrence) { r.Interval = 2 },
		"days":        func(r *Recurrence) { r.Days |= 1 << time.Friday },
		"ordinal":     func(r *Recurrence) { r.Ordinal = -1 },
		"month":       func(r *Recurrence) { r.Month = time.May },
		"count":       func(r *Recurrence) { r.Count = 0 },
		"until":       func(r *Recurrence) { r.Until = Date{} },
		"no override": func(r *Recurrence) { r.Overrides = nil },
		"original":    func(r *Recurrence) { r.Overrides[0].Original.Hour = 11 },
		"fields":      func(r *Recurrence) { r.Overrides[0].Fields |= FieldNotes },
		"override":    func(r *Recurrence) { r.Overrides[0].Event.Subject = "" },
		"no deletion": func(r *Recurrence) { r.Deleted = nil },
		"deletion":    func(r *Recurrence) { r.Deleted[0].Day = 16 },
	} {
		r := rule()
		change(r)
		if r.Equal(rule()) || rule().Equal(r) {
			t.Errorf("a change of %s goes unseen", name)
		}
	}
	other := rule()
	other.Overrides[0].Event.Notes = "not among its fields"
	if !other.Equal(rule()) {
		t.Error("what an override does not say tells it apart")
	}
	idle := rule()
	idle.DayOfMonth, idle.FirstDay = 31, time.Sunday
	if !idle.Equal(rule()) {
		t.Error("what the pattern does not read tells it apart")
	}
	absolute, fortnightly := rule(), rule()
	absolute.Ordinal, absolute.DayOfMonth = 0, 31
	fortnightly.Frequency, fortnightly.Interval = Weekly, 2
	for name, change := range map[*Recurrence]func(*Recurrence){
		absolute:    func(r *Recurrence) { r.DayOfMonth = 30 },
		fortnightly: func(r *Recurrence) { r.FirstDay = time.Sunday },
	} {
		r := *name
		change(&r)
		if r.Equal(name) {
			t.Errorf("a change of %+v goes unseen", r.Rule())
		}
	}
	var none *Recurrence
	if !none.Equal(nil) || none.Equal(rule()) || rule().Equal(nil) {
		t.Error("nil is not told from a rule")
	}
}

func TestStrings_AreStable(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Business.String(), "business"},
		{Exchange.String(), "exchange"},
		{Business.Other().String(), "exchange"},
		{Sides()[1].String(), "exchange"},
		{ShowElsewhere.String(), "elsewhere"},
		{ShowAs(99).String(), "unset"},
		{GroupAbsence.String(), "absence"},
		{Group(-1).String(), "none"},
		{StandingOwner.String(), "owner"},
		{StandingParticipant.String(), "participant"},
		{Yearly.String(), "yearly"},
		{Frequency(9).String(), "unknown"},
	} {
		if c.got != c.want {
			t.Errorf("String = %q, want %q", c.got, c.want)
		}
	}
	if w := Weekdays(1 << time.Friday); !w.Has(time.Friday) || w.Has(time.Saturday) {
		t.Error("Weekdays are off by one")
	}
}
