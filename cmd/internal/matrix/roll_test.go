package matrix

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/office"
	"lockstep/sync/severa/severasim"
)

// A series without an end goes on: what the other side cannot hold as a series
// gets the dates that come into the window, and what it holds needs no writing.
func TestCases_EndlessSeriesRollForward(t *testing.T) {
	cases := slices.DeleteFunc(loadCases(t, twos), func(c *testCase) bool { return c.Axes["range"] != "endless" || c.Unreadable != "" })
	w, calendars := newWorld(t, cases, severasim.Switches{}, "")
	w.sync(t, office.Order{ApproveFirst: true})
	ahead := func(c *testCase) (here, there []string) {
		of, today := calendars[c.name], w.now().Truncate(24*time.Hour)
		from, to := today.AddDate(0, 0, 150), today.AddDate(0, 0, 175)
		here = lines(readExchange(t, w.ewsURL, of.address, from, to, of.loc), of.loc)
		there = lines(w.reader.read(t, of.user, from, to, of.loc), of.loc)
		return here, there
	}
	seen, writes := map[string]bool{}, 0
	for week := range 6 {
		w.pass(7 * 24 * time.Hour)
		writes += w.sync(t, office.Order{Full: true})
		w.reader = newSeveraReader(t, strings.TrimSuffix(w.reader.url, "/v1"), severasim.Switches{}) // a token does not last a week
		for _, c := range cases {
			x, v := ahead(c)
			if diff := cmp.Diff(x, v); diff != "" {
				t.Errorf("%s (%s), week %d (-Exchange +Severa):\n%s", c.name, c.What, week+1, diff)
			}
			seen[c.name] = seen[c.name] || len(x) > 0
		}
		idle(t, w, 1)
	}
	if writes == 0 {
		t.Error("no date came into the window of a series that is kept date by date")
	}
	for _, c := range cases {
		if c.plain() && !seen[c.name] {
			t.Errorf("%s shows nothing in the weeks that came, so that nothing is judged", c.name)
		}
	}
}
