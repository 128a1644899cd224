package severasim

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestStore_IndexesAgreeWithAPlainSearch makes random changes and asks random
// questions, page by page; the answer must be that of a search through everything.
func TestStore_IndexesAgreeWithAPlainSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
		begin := now
		s := New(Options{Now: func() time.Time { return now }, Switches: Switches{
			QuietParticipants: rapid.Bool().Draw(t, "quiet"), OwnerIsParticipant: rapid.Bool().Draw(t, "owner"),
			OffsetPaging: rapid.Bool().Draw(t, "offset"),
		}})
		var users []string
		for i := range 3 {
			users = append(users, s.AddUser(User{FirstName: fmt.Sprint(i), LastName: "U"}))
		}
		anyUser := rapid.SampledFrom(users)
		for range rapid.IntRange(5, 40).Draw(t, "changes") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "pause")) * time.Second)
			all := s.Activities()
			if len(all) < 3 {
				if _, err := s.AddActivity(Activity{Name: "m", OwnerGUID: anyUser.Draw(t, "owner"), TypeGUID: s.TypeOf(CalendarEntry), Start: now}); err != nil {
					t.Fatal(err)
				}
				continue
			}
			a := rapid.SampledFrom(all).Draw(t, "activity")
			who := anyUser.Draw(t, "who")
			var err error
			switch rapid.IntRange(0, 6).Draw(t, "change") {
			case 0:
				err = s.RemoveActivity(a.GUID)
			case 1:
				err = s.EditActivity(a.GUID, func(a *Activity) { a.OwnerGUID = who })
			case 2:
				if !a.has(who) {
					_, err = s.AddParticipant(a.GUID, Participant{Who: who})
				}
			case 3:
				if a.has(who) {
					err = s.RemoveParticipant(a.GUID, who)
				}
			case 4:
				err = s.EditActivity(a.GUID, func(a *Activity) { a.Name += "x" })
			default:
				_, err = s.AddActivity(Activity{Name: "m", OwnerGUID: who, TypeGUID: a.TypeGUID, Start: now})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		q := listQuery{
			users:    rapid.SliceOfNDistinct(anyUser, 0, 2, rapid.ID[string]).Draw(t, "users"),
			asMember: rapid.Bool().Draw(t, "as_member"), limit: rapid.IntRange(1, 5).Draw(t, "limit"),
		}
		if rapid.Bool().Draw(t, "since") {
			q.changedSince = begin.Add(time.Duration(rapid.IntRange(0, int(now.Sub(begin)/time.Second)).Draw(t, "seconds")) * time.Second)
		}
		want := []string{}
		for _, a := range s.Activities() {
			mine := len(q.users) == 0 || slices.ContainsFunc(q.users, func(u string) bool { return a.OwnerGUID == u || q.asMember && a.has(u) })
			if mine && !a.Updated.Before(q.changedSince) {
				want = append(want, a.GUID)
			}
		}
		got := []string{}
		for {
			page, last, more := s.st.list(q)
			for _, a := range page {
				got = append(got, a.GUID)
			}
			if !more {
				break
			}
			if s.opts.Switches.OffsetPaging {
				q.skip = len(got)
			} else {
				q.after = last
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%+v (-want +got):\n%s", q, diff)
		}
	})
}
