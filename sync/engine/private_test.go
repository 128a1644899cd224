package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

func secret(it *event.Item) {
	it.Private, it.Subject, it.Location, it.Notes = true, "Oncology", "Ward 4", "bring papers"
}

// everything is all that is stored of anna, as text.
func (r *rig) everything() string {
	r.t.Helper()
	snap, err := r.office.Person(anna).Load(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	all := fmt.Sprintf("%+v", snap)
	history, ok := r.office.(state.History)
	if !ok {
		r.t.Fatal("this office tells no history")
	}
	runs, err := history.Runs(r.t.Context(), 0)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, run := range runs {
		changes, err := history.Changes(r.t.Context(), run.ID)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, c := range changes {
			all += fmt.Sprintf("%+v %+v %+v", c.Before, c.After, c.Was)
		}
	}
	return all
}

// untold fails when a word of the secret is stored.
func (r *rig) untold(when string) {
	r.t.Helper()
	all := r.everything()
	for _, word := range []string{"Oncology", "Ward 4", "papers"} {
		if strings.Contains(all, word) {
			r.t.Errorf("%s: the store holds %q", when, word)
		}
	}
}

// text is subject, place and notes of the only entry of a side.
func (r *rig) text(s event.Side) string {
	r.t.Helper()
	list := r.cal[s].List(anna)
	if len(list) != 1 {
		r.t.Fatalf("%s has %d entries, want 1", s, len(list))
	}
	return strings.Join([]string{list[0].Subject, list[0].Location, list[0].Notes}, "|")
}

// A copy tells that the time is taken, moves with its source, and what is typed
// into it reaches nobody; the source keeps its text.
func TestSync_BusyOnly_NeverStoresNorShowsTheText(t *testing.T) {
	for _, both := range []bool{false, true} {
		r := newRig(t)
		r.policy.Private[event.Exchange] = plan.PrivateBusyOnly
		if both {
			r.policy.Private[event.Business] = plan.PrivateBusyOnly
		}
		it := event.Item{Event: meeting("", 3, 9)}
		secret(&it)
		r.cal[event.Exchange].PutItem(anna, it)
		r.settle()
		const whole = "Oncology|Ward 4|bring papers"
		if got := r.text(event.Business); got != plan.BusySubject+"||" {
			t.Errorf("business shows %q", got)
		}
		r.untold("after the first sync")
		r.edit(event.Exchange, "Oncology", func(it *event.Item) { it.When = meeting("", 4, 11).When; it.Notes = "other papers" })
		r.settle()
		r.edit(event.Business, plan.BusySubject, func(it *event.Item) { it.Location = "typed in Severa" })
		r.settle()
		if got := r.text(event.Exchange); got != "Oncology|Ward 4|other papers" {
			t.Errorf("exchange shows %q, want %q with its notes changed", got, whole)
		}
		if got, want := r.cal[event.Business].List(anna)[0].When, meeting("", 4, 11).When; !got.Same(want) {
			t.Errorf("business is at %v, want %v", got, want)
		}
		r.untold("at the end")
		if got := r.text(event.Business); !both && got != plan.BusySubject+"|typed in Severa|" {
			t.Errorf("business shows %q, want what was typed there", got)
		}
		r.calm("private entry")
		r.untold("after a calm sync")
	}
}

// What an entry said before it became private is taken from our copy and from
// everything that is stored, the images of the change itself included.
func TestSync_BusyOnly_HidesWhatTurnsPrivate(t *testing.T) {
	r := newRig(t)
	r.policy.Private[event.Exchange] = plan.PrivateBusyOnly
	open := event.Item{Event: meeting("", 3, 9)}
	secret(&open)
	open.Private = false
	r.cal[event.Exchange].PutItem(anna, open)
	r.settle()
	if got := r.text(event.Business); got != "Oncology|Ward 4|bring papers" {
		t.Fatalf("business shows %q while the entry is not private", got)
	}
	r.edit(event.Exchange, "Oncology", func(it *event.Item) { it.Private = true })
	r.settle()
	if got := r.text(event.Business); got != plan.BusySubject+"||" {
		t.Errorf("business shows %q", got)
	}
	r.untold("after it turned private")
	r.edit(event.Exchange, "Oncology", func(it *event.Item) { it.Private = false })
	r.settle()
	if got := r.text(event.Business); got != "Oncology|Ward 4|bring papers" {
		t.Errorf("business shows %q after the entry is no longer private", got)
	}
}

// A rule that is made stricter rewrites the copies and scrubs the store; one
// that is made looser brings the text back.
func TestSync_ChangedPrivateRule_RewritesAndScrubs(t *testing.T) {
	r := newRig(t)
	it := event.Item{Event: meeting("", 3, 9)}
	secret(&it)
	r.cal[event.Exchange].PutItem(anna, it)
	r.settle()
	if got := r.text(event.Business); got != "Oncology|Ward 4|bring papers" {
		t.Fatalf("business shows %q under the rule that shows everything", got)
	}
	for _, rule := range []plan.Privacy{plan.PrivateBusyOnly, plan.PrivateNot} {
		r.policy.Private[event.Exchange] = rule
		r.settle()
		if got := r.text(event.Business); got != plan.BusySubject+"||" {
			t.Errorf("%s: business shows %q", rule, got)
		}
		r.untold(rule.String())
	}
	r.policy.Private[event.Exchange] = plan.PrivateFull
	r.settle()
	for _, s := range event.Sides() {
		if got := r.text(s); got != "Oncology|Ward 4|bring papers" {
			t.Errorf("%s shows %q after the rule was loosened", s, got)
		}
	}
}

// Where the business system has no way to hide an entry from others, the rule
// that nobody has set shows only that the time is taken.
func TestSync_PrivateWithoutAWayToHide_IsBusyOnly(t *testing.T) {
	r := newRig(t)
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return openOffice{e}
		}
		return e
	}
	it := event.Item{Event: meeting("", 3, 9)}
	secret(&it)
	r.cal[event.Exchange].PutItem(anna, it)
	r.sync()
	if got := r.text(event.Business); got != plan.BusySubject+"||" {
		t.Errorf("business shows %q", got)
	}
	r.untold("without a personal type")
	r.calm("without a personal type")
}

// openOffice is a business system without a type for private entries.
type openOffice struct{ endpoint.Endpoint }

func (o openOffice) Capabilities() event.Capabilities {
	c := o.Endpoint.Capabilities()
	c.Fields &^= event.FieldPrivate
	return c
}

// What the history tells of private entries that are long gone goes too.
func TestSync_StricterPrivateRule_ScrubsWhatIsGone(t *testing.T) {
	r := newRig(t)
	it := event.Item{Event: meeting("", 3, 9)}
	secret(&it)
	r.cal[event.Exchange].PutItem(anna, it)
	r.settle()
	r.remove(event.Exchange, "Oncology")
	r.settle()
	if !strings.Contains(r.everything(), "Oncology") {
		t.Fatal("the history does not tell of the entry at all")
	}
	r.policy.Private[event.Exchange] = plan.PrivateBusyOnly
	r.settle()
	r.untold("after the rule was made stricter")
}
