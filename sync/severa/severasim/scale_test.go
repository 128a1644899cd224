package severasim_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"lockstep/sync/severa/severasim"
)

// fill adds n activities of Anna's, an hour apart, and returns the guid of the last.
func (f *office) fill(n int) string {
	f.t.Helper()
	meeting := f.sim.TypeOf(severasim.CalendarEntry)
	start := f.clock.Now()
	last := ""
	for i := range n {
		id, err := f.sim.AddActivity(severasim.Activity{
			Name: fmt.Sprintf("m%05d", i), OwnerGUID: f.anna, TypeGUID: meeting, HasDuration: true,
			Start: start.Add(time.Duration(i) * time.Hour), End: start.Add(time.Duration(i)*time.Hour + 30*time.Minute),
			Participants: []severasim.Participant{{Who: f.ben}},
		})
		if err != nil {
			f.t.Fatal(err)
		}
		last = id
	}
	return last
}

// fastest runs f several times and returns its best time, which other work on
// the machine disturbs least.
func fastest(times int, f func()) time.Duration {
	best := time.Duration(1<<63 - 1)
	for range times {
		begin := time.Now()
		f()
		best = min(best, time.Since(begin))
	}
	return best
}

// TestScale_TenTimesTheRowsIsNotAHundredTimesTheWork compares two sizes in the
// same run: listing all pages must grow with the rows, and a poll must not grow.
func TestScale_TenTimesTheRowsIsNotAHundredTimesTheWork(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	measure := func(n int) (all, poll time.Duration) {
		f := newOffice(t, severasim.Options{})
		last := f.fill(n)
		f.clock.Add(31 * time.Minute)
		f.want(http.StatusOK, "PATCH", "/v1/activities/"+last, `[{"op":"replace","path":"/notes","value":"x"}]`)
		all = fastest(3, func() {
			rows, pages := f.listAll("/v1/activities?rowCount=100&includeAsMember=true&userGuids="+f.ben, nil)
			if len(rows) != n || pages != n/100 {
				t.Fatalf("%d rows on %d pages", len(rows), pages)
			}
		})
		poll = fastest(50, func() {
			if got := len(f.list("/v1/activities?changedSince=2026-03-02T08:30:00Z")); got != 1 {
				t.Fatalf("%d changed, want 1", got)
			}
		})
		return all, poll
	}
	smallAll, smallPoll := measure(1000)
	bigAll, bigPoll := measure(10_000)
	t.Logf("all pages: %v for 1,000 and %v for 10,000; one poll: %v and %v", smallAll, bigAll, smallPoll, bigPoll)
	if bigAll > 40*smallAll {
		t.Errorf("listing ten times the rows took %.0f times as long", float64(bigAll)/float64(smallAll))
	}
	if bigPoll > 10*smallPoll {
		t.Errorf("polling ten times the rows took %.0f times as long", float64(bigPoll)/float64(smallPoll))
	}
}

func TestSwitches_EachVariationServesADay(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range severasim.AllSwitches() {
		if seen[v.Name] {
			t.Errorf("two variations are called %s", v.Name)
		}
		seen[v.Name] = true
		t.Run(v.Name, func(t *testing.T) {
			f := newOffice(t, severasim.Options{Switches: v.Switches})
			id := f.postDay("single", "2026-04-01")
			f.join(id, f.ben)
			f.weekly(`"maxOccurrences":5`)
			f.want(http.StatusOK, "PATCH", "/v1/activities/"+id, `[{"op":"replace","path":"/name","value":"renamed"}]`)
			rows, _ := f.listAll("/v1/activities?rowCount=2&includeAsMember=true&userGuids="+f.ben+"&userGuids="+f.anna, nil)
			if len(rows) != 6 || rows[0]["name"] != "renamed" {
				t.Errorf("%d rows, want 6: %v", len(rows), column(rows, "name"))
			}
			start, err := time.Parse(time.RFC3339, rows[0]["startDateTime"].(string))
			if err != nil || !start.Equal(time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)) {
				t.Errorf("start %v, %v", rows[0]["startDateTime"], err)
			}
			f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+id, "")
			f.want(http.StatusNotFound, "GET", "/v1/activities/"+id, "")
		})
	}
}

// TestForeign_CurlAndJQ works through a day with tools that know nothing of Go.
func TestForeign_CurlAndJQ(t *testing.T) {
	for _, tool := range []string{"curl", "jq", "sh"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is not installed", tool)
			}
			t.Skipf("%s is not installed", tool)
		}
	}
	f := newOffice(t, severasim.Options{})
	running, err := f.sim.Start("127.0.0.1:0", true)
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	ca := t.TempDir() + "/ca.pem"
	if err := os.WriteFile(ca, []byte(running.CAPEM), 0o600); err != nil {
		t.Fatal(err)
	}
	const script = `set -eu
call() { curl -sS --fail-with-body --cacert "$CA" -H "Authorization: Bearer $TOKEN" -H "Client_Id: lockstep" -H "Content-Type: application/json" "$@"; }
TOKEN=$(curl -sS --fail-with-body --cacert "$CA" -H "Content-Type: application/json" -d '{"client_id":"lockstep","client_secret":"secret","scope":"activities:read,activities:write,activities:delete,users:read,settings:read"}' "$URL/v1/token" | jq -er .access_token)
USER=$(call "$URL/v1/users?email=anna@office.test" | jq -er '.[0].guid')
TYPE=$(call "$URL/v1/activitytypes?active=true" | jq -er '.[] | select(.isDefault) | .guid')
for n in 1 2 3; do
  jq -n --arg u "$USER" --arg t "$TYPE" --arg n "m$n" '{name:$n,startDateTime:"2026-04-01T08:00:00Z",endDateTime:"2026-04-01T09:00:00Z",hasDuration:true,activityType:{guid:$t},ownerUser:{guid:$u}}' | call -d @- "$URL/v1.0/activities" >/dev/null
done
NEXT=$(call -D - -o /dev/null "$URL/v1/activities?rowCount=2&userGuids=$USER" | tr -d '\r' | sed -n 's/^[Nn]ext[Pp]age[Tt]oken: //p')
LAST=$(call -G --data-urlencode "pageToken=$NEXT" "$URL/v1/activities?rowCount=2&userGuids=$USER" | jq -er '.[0].guid')
call -X PATCH -d '[{"op":"Replace","path":"/location","value":"Room 2"}]' "$URL/v1/activities/$LAST" | jq -er '.[0].location'
call -X DELETE "$URL/v1/activities/$LAST"
curl -sS -o /dev/null -w '%{http_code}\n' --cacert "$CA" -H "Authorization: Bearer $TOKEN" "$URL/v1/activities/$LAST"
call "$URL/v1/activities" | jq -er 'map(.name) | join(" ")'
`
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Env = append(os.Environ(), "URL="+running.URL, "CA="+ca)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, stderr.String())
	}
	if got, want := string(out), "Room 2\n404\nm1 m2\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}
