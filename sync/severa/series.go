package severa

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// parts is everything that a look at a series brought: its master, what the
// window shows of it, and who takes part.
type parts struct {
	master  api.Activity
	members []string // of the master
	// plain are the occurrences in the window that are as the rule has them,
	// changed those that are not, wherever they were moved.
	plain, changed []api.Activity
	who            map[string][]string // the members of each changed one
	window         event.Window
	// broken: an occurrence of this series could not be read.
	broken bool
}

// series is a series as it was understood.
type series struct {
	item *event.Item
	bare event.Event                 // without exceptions, on its owner's clocks
	rows map[event.Wall]api.Activity // what there is, by the occurrence that it is
	days *time.Location              // whose midnights bound its days
	// doubtful are the occurrences that count as deleted only because a list does not hold them.
	doubtful []event.Wall
}

// memory tells which occurrence an id belonged to when it was last listed unchanged.
type memory func(id string) (time.Time, bool)

// series reads a series as one item. Severa has no word for the occurrence that
// an exception stands for, and none for a deleted one. So the rule is spread
// out over the window: what the window does not show there was deleted or
// changed, and each changed one is given its place by the first of these that
// leaves no choice: its id, as it was listed before it was changed; its start;
// its day; the unchanged occurrences that it lies between; being the last one
// left. Where two places would do, nothing is guessed.
func (v view) series(p parts, known memory) (*series, *endpoint.Error) {
	const op = "read severa series"
	id := event.ID(p.master.GUID)
	bad := func(code string) (*series, *endpoint.Error) {
		return nil, fault(op, id, endpoint.ScopeItem, endpoint.Invalid, code)
	}
	a := p.master
	if p.broken || a.Recurrence == nil || a.Start.IsZero() || a.LastUpdated.IsZero() {
		return bad(CodeUnreadable)
	}
	forms, days, code := v.forms(a, p.members)
	if code != "" {
		return bad(code)
	}
	for _, e := range forms {
		places, ok := explain(e, p.plain, days, p.window)
		if !ok {
			continue
		}
		s := &series{bare: e, days: days, rows: places.rows}
		if code := v.fit(s, p, places, known); code != "" {
			return bad(code)
		}
		return s, nil
	}
	return bad(CodeSeriesRule)
}

// clocks say on whose clocks the service repeats a series. That it does so on
// the owner's is inferred.
type clocks int32

const (
	clocksUnknown clocks = iota
	clocksOwner
	clocksOrganisation
	clocksUTC
)

func (k clocks) String() string {
	return [...]string{"unknown", "owner", "organisation", "utc"}[k]
}

// weeks say on which day the service begins a week.
type weeks int32

const (
	weeksUnknown weeks = iota
	weeksMonday
	weeksSunday
)

func (k weeks) String() string { return [...]string{"unknown", "monday", "sunday"}[k] }

func (k weeks) day() time.Weekday {
	if k == weeksSunday {
		return time.Sunday
	}
	return time.Monday
}

// zones are the zones that a series may repeat in, the likeliest first.
func (k clocks) zones(owner, org string) []string {
	all := []string{owner, org, "UTC"}
	if k > clocksOwner {
		first := all[k-clocksOwner]
		all = slices.Insert(all, 0, first)
	}
	return all
}

// onClocks writes a span on the clocks of a series, where they can name it.
func onClocks(s event.Span, zone string) event.Span {
	if s.AllDay || zone == "" {
		return s
	}
	start, end := s.Instants(time.UTC)
	return spanOf(start, end, zone)
}

// maxLength is how long one occurrence may last.
const maxLength = 366 * 24 * time.Hour

// forms are the ways in which a master can be meant, the likeliest first: on
// whose clocks it repeats, on which day its weeks begin and, for days that
// some months lack, what its number of occurrences counts.
func (v view) forms(a api.Activity, members []string) (out []event.Event, days *time.Location, code string) {
	content, days, code := v.content(a, members)
	if code != "" {
		return nil, nil, code
	}
	if a.End.Sub(a.Start.Time) > maxLength || a.Start.Year() < 1900 || a.Start.Year() > 3000 {
		return nil, nil, CodeBadTimes
	}
	spans := []event.Span{content.When}
	if !a.IsAllDay {
		spans = v.clocksOf(a)
	}
	weeks := []time.Weekday{time.Monday}
	if w := a.Recurrence.Pattern.Weekly; w != nil && w.Interval > 1 {
		weeks = append(weeks, time.Sunday)
		if v.weeks == weeksSunday {
			slices.Reverse(weeks)
		}
	}
	for _, s := range spans {
		for _, week := range weeks {
			r, ok := ruleOf(*a.Recurrence, s.Start.Date, week)
			if !ok {
				return nil, nil, CodeSeriesRule
			}
			for _, r := range v.ends(r, *a.Recurrence, s, days) {
				e := content
				e.When, e.Recurrence = s, &r
				out = append(out, settledRule(e))
			}
		}
	}
	return out, days, ""
}

// clocksOf are the spans of a master on the clocks on which it may repeat.
func (v view) clocksOf(a api.Activity) (out []event.Span) {
	end := a.End.Time
	if end.IsZero() {
		end = a.Start.Time
	}
	for _, zone := range v.repeats.zones(v.people.byID[userID(a.OwnerUser.GUID)].Zone, v.org) {
		s, err := event.Between(a.Start.Truncate(time.Second), end.Truncate(time.Second), zone)
		if err != nil || zone == "" || slices.Contains(out, s) {
			continue
		}
		if from, to := s.Instants(time.UTC); from.Equal(a.Start.Truncate(time.Second)) && to.Equal(end.Truncate(time.Second)) {
			out = append(out, s)
		}
	}
	return out
}

// ends are the ranges that a rule may have: as it is written and, where the
// last occurrence is told, up to that one. A rule that leaves out short months
// counts less than one that does not.
func (v view) ends(r event.Recurrence, wire api.Recurrence, s event.Span, days *time.Location) []event.Recurrence {
	if r.Count == 0 || wire.LastOccurrence.IsZero() {
		return []event.Recurrence{r}
	}
	last := r
	loc := days
	if !s.AllDay {
		loc = s.Location()
	}
	last.Count, last.Until = 0, event.DateOf(wire.LastOccurrence.In(loc))
	if r.DayOfMonth > 28 || !r.Until.IsZero() {
		return []event.Recurrence{last}
	}
	return []event.Recurrence{r, last}
}

// places are the occurrences of a rule around a window, and what is there.
type places struct {
	rows map[event.Wall]api.Activity
	in   []event.Wall // those inside the window, in order
}

// explain finds the occurrence that each unchanged row is; ok is false where
// the rule puts none at one of them.
func explain(e event.Event, plain []api.Activity, days *time.Location, w event.Window) (p places, ok bool) {
	p.rows = map[event.Wall]api.Activity{}
	wide := event.Window{From: w.From.Add(-4 * margin), To: w.To.Add(4 * margin)}
	byStart, byDay := map[int64]event.Wall{}, map[event.Date]event.Wall{}
	loc := seriesLocation(e, days)
	for _, o := range event.Occurrences(e, wide) {
		byStart[o.Original.In(loc).Unix()] = o.Original
		byDay[o.Original.Date] = o.Original
		if w.Holds(o.Event) {
			p.in = append(p.in, o.Original)
		}
	}
	for _, a := range plain {
		original, found := byStart[a.Start.Unix()]
		if !found {
			original, found = byDay[event.DateOf(a.Start.In(loc))]
			found = found && oddHour(original, a.Start.Time, loc)
		}
		if !found {
			return p, false
		}
		p.rows[original] = a
	}
	return p, true
}

// oddHour tells whether at may be meant by a reading that the clocks of loc
// skip or show twice.
func oddHour(original event.Wall, at time.Time, loc *time.Location) bool {
	meant := original.In(loc)
	near := meant.Sub(at).Abs() <= 2*time.Hour
	return near && (event.WallOf(at.In(loc)) == original || event.WallOf(meant.In(loc)) != original)
}

func seriesLocation(e event.Event, days *time.Location) *time.Location {
	if e.When.AllDay {
		return days
	}
	return e.When.Location()
}

// override is what a changed occurrence has of its own; gone: this person is not
// in it.
func (v view) override(e event.Event, o event.Wall, a api.Activity, members []string) (x event.Override, gone bool, code string) {
	if userID(a.OwnerUser.GUID) != v.self && !slices.Contains(members, v.self) {
		return x, true, ""
	}
	content, _, code := v.content(a, members)
	if code != "" {
		return x, false, code
	}
	content.When = onClocks(content.When, e.When.Zone)
	plain, ok := event.OccurrenceAt(bare(e), o)
	if !ok {
		return x, false, CodeSeriesException
	}
	x = event.Override{Original: o, Fields: event.Diff(plain, content) & v.fields &^ event.FieldRecurrence}
	x.Event = event.Only(content, x.Fields)
	return x, false, ""
}

// seriesItem makes the item of a series with its exceptions.
func (v view) seriesItem(s *series, p parts, r event.Recurrence) {
	a := p.master
	e := s.bare
	e.Recurrence = &r
	owner := userID(a.OwnerUser.GUID)
	it := &event.Item{
		Ref:       event.Ref{ID: event.ID(a.GUID), Version: seriesVersion(p, s.doubtful)},
		Event:     v.settled(e),
		Organizer: v.people.address(owner),
		Meeting:   len(p.members) > 0,
		Created:   v.corrected(a.Created),
		Modified:  v.corrected(a.LastUpdated),
		Tied:      tied(a) != "",

		Unprintable: unprintable(a) & v.fields,
		KnownWindow: p.window,
	}
	for _, x := range p.changed {
		if at := v.corrected(x.LastUpdated); at.After(it.Modified) {
			it.Modified = at
		}
		it.Tied = it.Tied || tied(x) != ""
		it.Unprintable |= unprintable(x) & v.fields
	}
	if owner != v.self {
		it.Standing, it.Meeting = event.StandingParticipant, true
	}
	s.item = it
}

// seriesVersion is equal exactly when neither the series nor one of its
// occurrences nor who takes part has changed. Changing one occurrence may leave the series'
// lastUpdatedDateTime as it is.
func seriesVersion(p parts, doubtful []event.Wall) event.Version {
	var b strings.Builder
	b.WriteString(strings.Join(p.members, "\n"))
	for _, at := range p.master.Recurrence.Exceptions {
		b.WriteString("\x00e" + at.UTC().Format(time.RFC3339))
	}
	for _, o := range doubtful {
		b.WriteString("\x00d" + o.String())
	}
	changed := slices.SortedFunc(slices.Values(p.changed), func(a, b api.Activity) int { return cmp.Compare(a.GUID, b.GUID) })
	for _, x := range changed {
		b.WriteString("\x00x" + x.GUID + updatedOf(x) + strings.Join(p.who[x.GUID], "\n"))
	}
	sum := sha256.Sum256([]byte(b.String()))
	return event.Version(p.master.LastUpdated.UTC().Format(time.RFC3339Nano) + "/" + hex.EncodeToString(sum[:8]))
}

// settled is a series as it is read back: see settledRule. Its zone gets the name
// under which Severa keeps it, and exceptions hold no more than what differs.
func (v view) settled(e event.Event) event.Event {
	if !e.When.AllDay {
		for _, zone := range []string{v.zone, v.org, "UTC"} {
			if zone != "" && sameClocks(zone, e.When.Zone, e.When.Start.Date) {
				e.When.Zone = zone
				break
			}
		}
	}
	e = settledRule(e)
	r := *e.Recurrence
	e.Recurrence = &r
	base := bare(e)
	var keep []event.Override
	for _, x := range r.Overrides {
		plain, ok := event.OccurrenceAt(base, x.Original)
		if !ok || slices.Contains(r.Deleted, x.Original) {
			continue
		}
		fields := x.Fields & (v.fields | event.FieldKind) &^ event.FieldRecurrence
		own := event.Take(plain, x.Event, fields)
		if fields.Has(event.FieldPrivate) && !fields.Has(event.FieldKind) && own.Private != plain.Private {
			own.Kind = event.Kind{}
		}
		own = v.single(own)
		own.Attendees = v.inSeries(own.Attendees, base.Attendees)
		own.When = onClocks(own.When, e.When.Zone)
		x.Fields = event.Diff(v.single(plain), own) & v.fields
		if x.Event = event.Only(own, x.Fields); x.Fields != 0 {
			keep = append(keep, x)
		}
	}
	slices.SortFunc(keep, func(a, b event.Override) int { return a.Original.Compare(b.Original) })
	r.Overrides = keep
	var gone []event.Wall
	for _, o := range r.Deleted {
		if base.Produces(o) {
			gone = append(gone, o)
		}
	}
	slices.SortFunc(gone, event.Wall.Compare)
	r.Deleted = slices.Compact(gone)
	return e
}
