package matrix

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/office"
	"lockstep/sync/severa/severasim"
)

// shownUnder is what the other side shows under a policy of the occurrences of
// an entry that is private, or of which a date is.
func shownUnder(policy string, here []string) []string {
	out := []string{}
	for _, line := range here {
		when, what, _ := strings.Cut(line, ": ") // the times bear no blank after their colons
		switch policy {
		case "full":
			out = append(out, line)
		case "busy_only":
			busy := when + ": Busy"
			if strings.HasSuffix(what, ", private") {
				busy += ", private"
			}
			out = append(out, busy)
		}
	}
	return out
}

// secret tells whether an entry is private, or a date of it is.
func (c *testCase) secret() bool {
	return c.Entry.Private || slices.ContainsFunc(c.Change, func(ch change) bool { return ch.Private })
}

func TestCases_PrivateEntriesUnderEachPolicy(t *testing.T) {
	cases := slices.DeleteFunc(loadCases(t, twos), func(c *testCase) bool { return !c.secret() || c.Unreadable != "" })
	for _, policy := range []string{"full", "busy_only", "not_at_all"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			rules := fmt.Sprintf("[private]\nto_severa = %q\nto_exchange = %q\n", policy, policy)
			w, calendars := newWorld(t, cases, severasim.Switches{}, rules)
			made := map[string][]string{}
			for _, c := range cases {
				made[c.name], _ = w.both(t, c, calendars[c.name])
			}
			w.sync(t, office.Order{ApproveFirst: true})
			idle(t, w, 2)
			for _, c := range cases {
				here, there := w.both(t, c, calendars[c.name])
				if diff := cmp.Diff(made[c.name], here); diff != "" || len(here) == 0 {
					t.Errorf("%s, where it was made (-want +got):\n%s", c.name, diff)
				}
				if diff := cmp.Diff(shownUnder(policy, here), there); diff != "" {
					t.Errorf("%s (%s), on the other side (-want +got):\n%s", c.name, c.What, diff)
				}
				texts := w.textsThere(t, c, calendars[c.name])
				told := slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, c.subject()) || strings.Contains(s, notes) })
				if told != (policy == "full") {
					t.Errorf("%s: the other server keeps %q", c.name, texts)
				}
			}
		})
	}
}

// textsThere is all the text that the other side's server keeps of a person's entries.
func (w *world) textsThere(t *testing.T, c *testCase, of calendar) (out []string) {
	t.Helper()
	if c.fromExchange() {
		for _, a := range w.severa.Activities() {
			if a.OwnerGUID == of.user {
				out = append(out, a.Name, a.Notes, a.Location)
			}
		}
		return out
	}
	items, err := w.exchange.Items(of.address, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		out = append(out, it.Subject, it.Body.Text, it.Location)
	}
	return out
}
