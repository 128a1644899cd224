package severasim

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// maxLocation is the documented length of a location.
const maxLocation = 1000

func (s *store) get(id string) (Activity, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, original, one, err := s.resolve(id)
	if err != nil {
		return Activity{}, err
	}
	return s.view(r, original, one), nil
}

// insert stores a new activity; by is the guid of the user who does it, empty for the interface.
func (s *store) insert(a Activity, by string) (Activity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a = a.clone()
	if err := s.complete(&a); err != nil {
		return Activity{}, err
	}
	participants := a.Participants
	a.Participants = nil
	for _, p := range participants {
		if err := s.join(&a, p); err != nil {
			return Activity{}, err
		}
	}
	s.seatOwner(&a)
	a.GUID = s.newGUID()
	a.Created = s.stamp(time.Time{})
	a.Updated, a.CreatedBy, a.UpdatedBy = a.Created, by, by
	a.RecurrenceType, a.Parent, a.Original, a.Changed = Single, "", time.Time{}, nil
	s.seq++
	r := &row{seq: s.seq, a: a}
	s.rows = append(s.rows, r)
	s.byGUID[a.GUID] = r
	s.index(r)
	return s.master(r), nil
}

// update alters an activity or, by an occurrence's id, that occurrence alone.
// All or nothing happens. What the server sets is not taken from edit.
func (s *store) update(id, by string, edit func(*Activity) error) (Activity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, original, one, err := s.resolve(id)
	if err != nil {
		return Activity{}, err
	}
	a := s.view(r, original, one)
	before := a.clone()
	if err := edit(&a); err != nil {
		return Activity{}, err
	}
	if one && a.Recurrence != nil {
		return Activity{}, refused("recurrence", "one occurrence cannot recur")
	}
	if err := s.complete(&a); err != nil {
		return Activity{}, err
	}
	a.Participants = before.Participants
	s.seatOwner(&a)
	s.change(r, func() {
		if !one {
			s.replace(r, a, by)
			return
		}
		x := s.except(r, original)
		s.settle(&x.a, a, by)
		s.touchSeries(r, x.a.Updated, by)
	})
	return s.view(r, original, one), nil
}

// replace gives a row new content. A series that begins at another time or
// recurs differently has other occurrences: by default its exceptions are gone.
func (s *store) replace(r *row, a Activity, by string) {
	another := !r.a.Start.Equal(a.Start) || r.a.AllDay != a.AllDay || !reflect.DeepEqual(r.a.Recurrence, a.Recurrence)
	s.settle(&r.a, a, by)
	switch {
	case a.Recurrence == nil, s.sw.MasterPatch == ResetAlways, s.sw.MasterPatch == ResetByRule && another:
		r.exceptions = nil
	case another:
		maps.DeleteFunc(r.exceptions, func(original int64, _ *exception) bool {
			_, still := s.occurrence(r, original)
			return !still
		})
	}
}

// settle copies what a client may change and stamps the change.
func (s *store) settle(into *Activity, a Activity, by string) {
	a.GUID, a.Created, a.CreatedBy = into.GUID, into.Created, into.CreatedBy
	a.RecurrenceType, a.Parent, a.Original, a.Changed = Single, "", time.Time{}, nil
	a.Updated, a.UpdatedBy = s.stamp(into.Updated), by
	*into = a
}

func (s *store) touchSeries(r *row, at time.Time, by string) {
	if s.sw.QuietExceptions {
		return
	}
	if at.After(r.a.Updated) {
		r.a.Updated = at
	} else {
		r.a.Updated = s.stamp(r.a.Updated)
	}
	r.a.UpdatedBy = by
}

// remove deletes an activity, a whole series, or one occurrence.
func (s *store) remove(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, original, one, err := s.resolve(id)
	if err != nil {
		return err
	}
	if one {
		s.change(r, func() {
			x := s.except(r, original)
			x.removed, x.a.Updated = true, s.stamp(x.a.Updated)
			s.touchSeries(r, x.a.Updated, "")
		})
		return nil
	}
	s.unindex(r)
	delete(s.byGUID, r.a.GUID)
	s.rows = removeRow(s.rows, r, bySeq)
	return nil
}

// resetExceptions makes all occurrences follow their series again.
func (s *store) resetExceptions(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, _, one, err := s.resolve(id)
	if err != nil {
		return err
	}
	if one || r.a.Recurrence == nil {
		return errNotFound
	}
	s.change(r, func() {
		maps.DeleteFunc(r.exceptions, func(_ int64, x *exception) bool { return !x.removed || !s.sw.ResetSparesRemoved })
		r.a.Updated = s.stamp(r.a.Updated)
	})
	return nil
}

// complete checks an activity and fills in what follows from the rest.
func (s *store) complete(a *Activity) error {
	switch {
	case strings.TrimSpace(a.Name) == "":
		return invalid("name", "The Name field is required.")
	case a.Start.IsZero():
		return invalid("startDateTime", "The StartDateTime field is required.")
	case a.Start.Year() < 1753 || a.Start.Year() > 9000 || a.End.Year() > 9001:
		return invalid("startDateTime", "The date is out of range.")
	case len(utf16.Encode([]rune(a.Location))) > maxLocation:
		return invalid("location", "The field Location must be a string with a maximum length of %d.", maxLocation)
	}
	typ, ok := s.types.get(a.TypeGUID)
	if !ok {
		return invalid("activityType.guid", "Activity type was not found.")
	}
	if _, ok := s.users.get(a.OwnerGUID); !ok {
		return invalid("ownerUser.guid", "User was not found.")
	}
	if _, ok := s.phases.get(a.PhaseGUID); a.PhaseGUID != "" && !ok {
		return invalid("phase.guid", "Phase was not found.")
	}
	if typ.Category == Task && a.TaskStatus == "" {
		a.TaskStatus = taskStatuses[0].Name
	}
	a.Start = a.Start.UTC().Truncate(time.Second)
	if !a.End.IsZero() {
		a.End = a.End.UTC().Truncate(time.Second)
	}
	if !a.End.IsZero() && a.End.Before(a.Start) {
		return invalid("endDateTime", "The end must not be before the start.")
	}
	if a.AllDay {
		if err := s.wholeDays(a); err != nil {
			return err
		}
	}
	if a.Recurrence == nil {
		return nil
	}
	return s.checkSeries(a)
}

func (s *store) checkSeries(a *Activity) error {
	if err := a.Recurrence.check(); err != nil {
		return invalid("recurrence", "%s", err)
	}
	happens := false
	s.occurrences(&row{a: *a}, func(Activity) bool { happens = true; return false })
	if !happens {
		return invalid("recurrence", "The recurrence has no occurrence.")
	}
	return nil
}

// wholeDays bounds an all-day activity by midnights: the end is exclusive, a
// missing one means one day. That isAllDay needs the duration flag, and that
// midnights are local ones written in UTC, is from the vendor's help on the
// older interface (article 77000465116).
func (s *store) wholeDays(a *Activity) error {
	if !a.HasDuration {
		return invalid("hasDuration", "An all-day activity must have a duration.")
	}
	loc := s.location(s.sw.MidnightOf, a.OwnerGUID)
	start := midnight(a.Start, loc)
	end := start.AddDate(0, 0, 1)
	if !a.End.IsZero() {
		end = midnight(a.End, loc)
		if end.Before(a.End) {
			end = end.AddDate(0, 0, 1)
		}
	}
	if !end.After(start) {
		end = start.AddDate(0, 0, 1)
	}
	if s.sw.RefuseOffMidnight && (!start.Equal(a.Start) || !a.End.IsZero() && !end.Equal(a.End)) {
		return invalid("startDateTime", "An all-day activity must start and end at midnight.")
	}
	a.Start, a.End = start.UTC(), end.UTC()
	return nil
}

func midnight(t time.Time, loc *time.Location) time.Time {
	t = t.In(loc)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc)
}

// seatOwner lists the owner as a participant where the service does so.
func (s *store) seatOwner(a *Activity) {
	if !s.sw.OwnerIsParticipant || a.has(a.OwnerGUID) {
		return
	}
	p := Participant{GUID: s.newGUID(), Who: a.OwnerGUID, Status: Accepted}
	if err := s.describe(&p); err == nil {
		a.Participants = slices.Insert(a.Participants, 0, p)
	}
}
