package exchange_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ewssim"
)

// mails are what was sent, as "kind to address".
func (r *rig) mails() []string {
	out := []string{}
	for _, m := range r.Mail() {
		out = append(out, fmt.Sprintf("%s to %s", m.Kind, m.To))
	}
	slices.Sort(out)
	return out
}

// However many requests it takes to write a series, its people hear of it once.
func TestSeries_IsAnnouncedOnceToEverybodyInIt(t *testing.T) {
	everybody := func(kind ewssim.MailKind) []string {
		return []string{fmt.Sprintf("%s to %s", kind, olaf), fmt.Sprintf("%s to zed@elsewhere.test", kind)}
	}
	update := func(alter func(testing.TB, event.Event) event.Event, fields event.FieldSet) func(testing.TB, event.Item) endpoint.Op {
		return func(t testing.TB, it event.Item) endpoint.Op {
			return endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: alter(t, it.Event), Fields: fields}
		}
	}
	occurrence := func(k endpoint.OpKind) func(testing.TB, event.Item) endpoint.Op {
		return func(t testing.TB, it event.Item) endpoint.Op {
			at := wallOf(t, "2026-03-10T09:00:00")
			e, ok := event.OccurrenceAt(it.Event, at)
			if !ok {
				t.Fatal("there is no such occurrence")
			}
			e.Location = "Attic"
			return endpoint.Op{Kind: k, Target: event.Ref{ID: event.OccurrenceID(it.ID, at), Version: it.Version}, Want: e, Fields: event.FieldLocation}
		}
	}
	for name, c := range map[string]struct {
		op   func(testing.TB, event.Item) endpoint.Op
		want ewssim.MailKind
	}{
		"another hour, and all exceptions anew": {update(func(t testing.TB, e event.Event) event.Event { return atTen(t, e) }, event.FieldWhen|event.FieldRecurrence), ewssim.MailRequest},
		"another day":                           {update(onWednesday, event.FieldWhen|event.FieldRecurrence), ewssim.MailRequest},
		"one occurrence changed":                {occurrence(endpoint.Update), ewssim.MailRequest},
		"one occurrence deleted":                {occurrence(endpoint.Delete), ewssim.MailRequest},
		"called off": {func(_ testing.TB, it event.Item) endpoint.Op {
			return endpoint.Op{Kind: endpoint.Delete, Target: it.Ref}
		}, ewssim.MailCancellation},
	} {
		for _, notify := range []endpoint.Notify{endpoint.NotifyNobody, endpoint.NotifyAll} {
			t.Run(fmt.Sprint(name, " ", notify), func(t *testing.T) {
				r := newRig(t, rigOptions{})
				ep := r.anna()
				it := made(t, ep, excepted(t))
				err := r.Edit(string(it.ID), func(x *ewssim.Item) {
					x.State, x.Organizer = 1, ewssim.Person{Name: "Anna", Address: anna}
					x.Required = []ewssim.Attendee{
						{Person: ewssim.Person{Name: "Olaf", Address: olaf}}, {Person: ewssim.Person{Address: "zed@elsewhere.test"}},
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				op := c.op(t, get(t, ep, it.ID))
				op.Notify = notify
				res := apply(t, ep, op)
				want := []string{}
				if notify == endpoint.NotifyAll {
					want = everybody(c.want)
				}
				if d := cmp.Diff(want, r.mails()); d != "" || res.Err != nil || res.Notified != len(want) {
					t.Errorf("%d told, error %v; mails (-want +got):\n%s", res.Notified, res.Err, d)
				}
			})
		}
	}
}
