package severasim

import (
	"errors"
	"net/url"
	"testing"
	"time"
)

// fuzzStore has one user and the types it needs.
func fuzzStore() (*Server, string) {
	s := New(Options{Now: func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }, RatePerSecond: -1})
	return s, s.AddUser(User{FirstName: "A", LastName: "B", Zone: "Europe/Helsinki"})
}

func FuzzReadActivity(f *testing.F) {
	f.Add([]byte(`{"name":"m","startDateTime":"2026-03-02T07:00:00+00:00","endDateTime":null,"hasDuration":true,"isAllDay":true,"activityType":{"guid":"x"},"ownerUser":{"guid":"y"}}`))
	f.Add([]byte(`{"NAME":"m","startDateTime":"2026-03-02T07:00","recurrence":{"frequency":"Weekly","pattern":{"weekly":{"interval":1,"monday":true}},"range":{"recursUntilDate":"2026-12-31","maxOccurrences":null}}}`))
	f.Add([]byte(`{"name":"m","startDateTime":"9999-12-31T23:59:59Z","recurrence":{"frequency":"Yearly","pattern":{"yearly":{"month":"February","dayOfMonth":30}}}}`))
	f.Add([]byte(`null`))
	s, owner := fuzzStore()
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := readActivity(body)
		var r *refusal
		if err != nil {
			if !errors.As(err, &r) {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			return
		}
		a.OwnerGUID, a.TypeGUID, a.PhaseGUID = owner, s.TypeOf(CalendarEntry), ""
		stored, err := s.st.insert(a, "")
		if err != nil {
			if !errors.As(err, &r) {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			return
		}
		if _, err := encode(s.st.renderOne(stored)); err != nil {
			t.Fatalf("render: %v", err)
		}
		s.st.list(listQuery{limit: 10})
		if err := s.st.remove(stored.GUID); err != nil {
			t.Fatalf("remove: %v", err)
		}
	})
}

func FuzzPatch(f *testing.F) {
	f.Add([]byte(`[{"op":"Replace","path":"/name","value":"x"}]`))
	f.Add([]byte(`[{"op":"replace","path":"/recurrence/range/maxOccurrences","value":"3"},{"op":"replace","path":"/activityType/guid","value":"x"}]`))
	f.Add([]byte(`[{"op":"replace","path":"/recurrence/pattern/weekly/monday/x","value":{}}]`))
	f.Add([]byte(`[{"op":"replace","path":"/isAllDay","value":true},{"op":"replace","path":"/endDateTime","value":null}]`))
	s, owner := fuzzStore()
	id, err := s.AddActivity(Activity{
		Name: "m", OwnerGUID: owner, TypeGUID: s.TypeOf(CalendarEntry), Start: s.now(), HasDuration: true,
		Recurrence: &Recurrence{Frequency: Weekly, Max: 4},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before, _ := s.Activity(id)
		ops, err := readPatch(body)
		if err == nil {
			_, err = s.patchOne(id, ops)
		}
		var r *refusal
		after, ok := s.Activity(id)
		switch {
		case !ok:
			t.Fatal("a patch removed the activity")
		case err != nil && !errors.As(err, &r):
			t.Fatalf("an error that is no refusal: %v", err)
		case err != nil && !after.Updated.Equal(before.Updated):
			t.Fatal("a refused patch changed the activity")
		case err == nil && !after.Updated.After(before.Updated):
			t.Fatal("a patch left the stamp alone")
		case after.Name == "" || after.OwnerGUID == "" || !after.End.IsZero() && after.End.Before(after.Start):
			t.Fatalf("a patch made an activity that cannot be: %+v", after)
		}
	})
}

func FuzzReadParticipant(f *testing.F) {
	f.Add([]byte(`{"activityGuid":"a","participantGuid":"p","type":"User","status":"Accepted"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		activity, p, err := readParticipant(body)
		var r *refusal
		if err != nil && !errors.As(err, &r) {
			t.Fatalf("an error that is no refusal: %v", err)
		}
		if err == nil && (activity == "" || p.Status < Unknown || p.Status > Declined) {
			t.Fatalf("accepted %q %+v", activity, p)
		}
	})
}

func FuzzPageToken(f *testing.F) {
	s, _ := fuzzStore()
	f.Add(s.pageToken("op", url.Values{}, position{seq: 1, original: noOriginal, rows: 3}))
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		p := &params{q: url.Values{"pageToken": {token}}}
		pos, ok := s.readPageToken(p, "op", p.q)
		if ok == (p.err != nil) && token != "" {
			t.Fatalf("ok %v with error %v", ok, p.err)
		}
		if ok && s.pageToken("op", p.q, pos) == "" {
			t.Fatal("empty token")
		}
	})
}
