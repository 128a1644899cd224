package severa_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
	"lockstep/sync/severa/severasim"
)

// The scripts know of Severa what its documents say and nothing of Lockstep.

const signIn = `set -eu
token=$(curl -sS --noproxy "*" -X POST -H 'Content-Type: application/json' -d '{"client_id":"lockstep","client_secret":"secret"}' "$url/v1/token" | jq -r .access_token)
ask() { curl -sS --noproxy "*" -f -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"; }
list() {
  next=
  while :; do
    ask -G -D head -o page --data-urlencode "startDateTime=$from" --data-urlencode "endDateTime=$to" --data-urlencode rowCount=50 \
      ${next:+--data-urlencode "pageToken=$next"} "$url/v1/activities"
    cat page
    next=$(sed -n 's/^[Nn]ext[Pp]age[Tt]oken: *//p' head | tr -d '\r')
    [ -n "$next" ] || break
  done | jq -s add
}
`

const listSeries = signIn + `
list | jq -r --arg id "$id" '.[] | select(.recurrenceParentActivityGuid == $id) | [.startDateTime, .endDateTime, .name] | @tsv'
`

const makeSeries = signIn + `
id=$(ask -d '{"name":"Review","startDateTime":"2028-02-03T09:00:00+02:00","endDateTime":"2028-02-03T10:30:00+02:00","hasDuration":true,
  "activityType":{"guid":"'"$type"'"},"ownerUser":{"guid":"'"$owner"'"},
  "recurrence":{"frequency":"Weekly","pattern":{"weekly":{"interval":1,"thursday":true,"monday":true}},"range":{"recursUntilDate":"2028-06-30"}}}' \
  "$url/v1/activities" | jq -r .guid)
list | jq -r --arg id "$id" '[.[] | select(.recurrenceParentActivityGuid == $id)] | sort_by(.startDateTime) | .[].guid' > ids
one() { sed -n "$1p" ids | sed 's/;/%3B/'; }
ask -X DELETE "$url/v1/activities/$(one 3)"
ask -o out -X PATCH -d '[{"op":"replace","path":"/startDateTime","value":"2028-02-18T08:15:00+02:00"},{"op":"replace","path":"/endDateTime","value":"2028-02-18T08:45:00+02:00"}]' "$url/v1/activities/$(one 5)"
ask -o out -X PATCH -d '[{"op":"replace","path":"/name","value":"Long review"},{"op":"replace","path":"/location","value":"Room 2"}]' "$url/v1/activities/$(one 8)"
echo "$id"
`

// script runs a script with curl and jq and gives its lines.
func (o *office) script(text string, env ...string) []string {
	o.Helper()
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			o.Skipf("%s is not here", tool)
		}
	}
	dir := o.TempDir()
	file := filepath.Join(dir, "script")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		o.Fatal(err)
	}
	w := quarter()
	cmd := exec.CommandContext(o.Context(), "bash", file)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append(env, "url="+o.url, "from="+w.From.Format(time.RFC3339), "to="+w.To.Format(time.RFC3339))...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		o.Fatalf("script: %v\n%s", err, stderr.String())
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// readBy lists what curl and jq see of a series.
func (o *office) readByCurl(id string) []string {
	o.Helper()
	var out []string
	for _, line := range o.script(listSeries, "id="+id) {
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			o.Fatalf("line %q", line)
		}
		start, err := time.Parse(time.RFC3339, f[0])
		if err != nil {
			o.Fatal(err)
		}
		end, err := time.Parse(time.RFC3339, f[1])
		if err != nil {
			o.Fatal(err)
		}
		out = append(out, shown(f[2], start, end))
	}
	slices.Sort(out)
	return out
}

func TestForeign_CurlListsTheSeriesThatWereWritten(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.opened()
	for _, name := range []string{"weekly", "two days", "last day", "whole days", "30th, not long"} {
		e := excepted(meant()[name])
		r := o.apply(anna, createOp(e))
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		want := spelled(event.Item{Event: e}, quarter(), o.days(severasim.Switches{}))
		if diff := cmp.Diff(want, o.readByCurl(string(r.Item.ID))); diff != "" {
			t.Errorf("%s (-meant +curl):\n%s", name, diff)
		}
	}
}

func TestForeign_SeriesThatCurlMadeIsReadExactly(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	lines := o.script(makeSeries, "owner="+o.anna, "type="+o.sim.TypeOf(severasim.CalendarEntry))
	id := lines[len(lines)-1]
	it := o.in(o.whole(anna), id)
	seen := o.readByCurl(id)
	if diff := cmp.Diff(seen, spelled(it, quarter(), o.days(severasim.Switches{}))); diff != "" {
		t.Errorf("(-curl +item):\n%s", diff)
	}
	on := func(d int) event.Wall { return wall(2028, time.February, d, 9, 0) }
	want := &event.Recurrence{
		Frequency: event.Weekly, Interval: 1, Days: 1<<time.Monday | 1<<time.Thursday, FirstDay: time.Monday,
		Until: event.Date{Year: 2028, Month: time.June, Day: 30}, Deleted: []event.Wall{on(10)},
		Overrides: []event.Override{
			{Original: on(17), Fields: event.FieldWhen, Event: event.Event{When: event.Span{
				Start: wall(2028, time.February, 18, 8, 15), End: wall(2028, time.February, 18, 8, 45), Zone: helsinki,
			}}},
			{Original: on(28), Fields: event.FieldSubject | event.FieldLocation, Event: event.Event{Subject: "Long review", Location: "Room 2"}},
		},
	}
	if diff := cmp.Diff(want, it.Recurrence); diff != "" {
		t.Errorf("rule (-made +read):\n%s", diff)
	}
}
