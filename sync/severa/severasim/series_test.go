package severasim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/severa/severasim"
)

// weekly posts a series of Anna's: Mondays and Thursdays at 10:00 in Helsinki,
// over the change to summer time on 29 March 2026.
func (f *office) weekly(more string) string {
	return f.post(f.meeting("weekly", "2026-03-23T08:00:00Z", "2026-03-23T09:00:00Z",
		`"recurrence":{"frequency":"Weekly","pattern":{"weekly":{"interval":1,"monday":true,"thursday":true}},"range":{`+more+`}}`))
}

func (f *office) occurrences(query string) []row {
	return f.list("/v1/activities?rowCount=100&startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-12-31T00:00:00Z" + query)
}

func TestSeries_ExpandsOnTheOwnersWallClock(t *testing.T) {
	for _, tt := range []struct {
		sw   severasim.Switches
		want []string
	}{
		{severasim.Switches{}, []string{"2026-03-23T08:00:00+00:00", "2026-03-26T08:00:00+00:00", "2026-03-30T07:00:00+00:00", "2026-04-02T07:00:00+00:00"}},
		{severasim.Switches{SeriesZone: severasim.ZoneUTC}, []string{"2026-03-23T08:00:00+00:00", "2026-03-26T08:00:00+00:00", "2026-03-30T08:00:00+00:00", "2026-04-02T08:00:00+00:00"}},
		{severasim.Switches{Offset: severasim.OffsetOwner}, []string{"2026-03-23T10:00:00+02:00", "2026-03-26T10:00:00+02:00", "2026-03-30T10:00:00+03:00", "2026-04-02T10:00:00+03:00"}},
		{severasim.Switches{Offset: severasim.OffsetZ}, []string{"2026-03-23T08:00:00Z", "2026-03-26T08:00:00Z", "2026-03-30T07:00:00Z", "2026-04-02T07:00:00Z"}},
	} {
		f := newOffice(t, severasim.Options{Switches: tt.sw})
		f.weekly(`"maxOccurrences":4`)
		if diff := cmp.Diff(tt.want, column(f.occurrences(""), "startDateTime")); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt.sw, diff)
		}
	}
}

func TestSeries_RecurrenceTypeChoosesTheView(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.postDay("single", "2026-03-24")
	series := f.weekly(`"recursUntilDate":"2026-04-02"`)
	all := f.occurrences("")
	changed := all[2]["guid"].(string)
	f.want(http.StatusOK, "PATCH", "/v1/activities/"+url.PathEscape(changed), `[{"op":"replace","path":"/name","value":"changed"}]`)
	tests := []struct{ query, want string }{
		{"", "single weekly changed weekly weekly"},
		{"&recurrenceType=None", "single"},
		{"&recurrenceType=Occurrence", "weekly weekly weekly"},
		{"&recurrenceType=exception", "changed"},
		{"&recurrenceType=Series", "weekly"},
	}
	for _, tt := range tests {
		if got := strings.Join(column(f.occurrences(tt.query), "name"), " "); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.query, got, tt.want)
		}
	}
	master := f.occurrences("&recurrenceType=Series")[0]
	rec := master["recurrence"].(row)
	if master["guid"] != series || master["recurrenceType"] != "Series" || master["recurrenceRule"] != "FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20260402" {
		t.Errorf("master: %v", master)
	}
	if diff := cmp.Diff([]any{"2026-03-26T08:00:00+00:00"}, rec["exceptions"]); diff != "" {
		t.Errorf("exceptions (-want +got):\n%s", diff)
	}
	if rec["lastOccurrenceDateTime"] != "2026-04-02T07:00:00+00:00" {
		t.Errorf("lastOccurrenceDateTime %v", rec["lastOccurrenceDateTime"])
	}
	occurrence := all[1]
	if occurrence["recurrenceParentActivityGuid"] != series || occurrence["recurrence"] != nil || occurrence["recurrenceType"] != "Occurrence" {
		t.Errorf("occurrence: %v", occurrence)
	}
}

func TestSeries_CompositeIDsWorkOnEveryRoute(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	series := f.weekly(`"maxOccurrences":4`)
	ids := column(f.occurrences(""), "guid")
	parts := strings.Split(ids[0], ";")
	if len(parts) != 2 || parts[0] != series || len(parts[1]) != 36 {
		t.Fatalf("id %q is not series;occurrence", ids[0])
	}
	got := decodeInto[row](t, f.want(http.StatusOK, "GET", "/v1/activities/"+strings.Replace(ids[1], ";", "%3B", 1), ""))
	if got["guid"] != ids[1] || got["startDateTime"] != "2026-03-26T08:00:00+00:00" {
		t.Errorf("occurrence by id: %v", got)
	}
	f.want(http.StatusOK, "GET", "/v1/activities/"+ids[1], "") // the semicolon as it is
	f.want(http.StatusNotFound, "GET", "/v1/activities/"+series+";"+series, "")
	f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+url.PathEscape(ids[1]), "")
	f.want(http.StatusNotFound, "GET", "/v1/activities/"+url.PathEscape(ids[1]), "")
	if diff := cmp.Diff([]string{ids[0], ids[2], ids[3]}, column(f.occurrences(""), "guid")); diff != "" {
		t.Errorf("after deleting one (-want +got):\n%s", diff)
	}
	f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+series+"/exceptions", "")
	if diff := cmp.Diff(ids, column(f.occurrences(""), "guid")); diff != "" {
		t.Errorf("after resetting exceptions (-want +got):\n%s", diff)
	}
	f.want(http.StatusNotFound, "DELETE", "/v1/activities/"+f.postDay("single", "2026-04-01")+"/exceptions", "")
	f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+series, "")
	f.want(http.StatusNotFound, "GET", "/v1/activities/"+url.PathEscape(ids[0]), "")
}

func TestSeries_ExceptionIDsUnderTheSwitch(t *testing.T) {
	for _, plain := range []bool{false, true} {
		f := newOffice(t, severasim.Options{Switches: severasim.Switches{PlainExceptionIDs: plain}})
		f.weekly(`"maxOccurrences":4`)
		id := column(f.occurrences(""), "guid")[1]
		moved := decodeInto[[]row](t, f.want(http.StatusOK, "PATCH", "/v1/activities/"+url.PathEscape(id),
			`[{"op":"replace","path":"/startDateTime","value":"2026-03-27T08:00:00Z"},{"op":"replace","path":"/endDateTime","value":"2026-03-27T09:00:00Z"}]`))[0]
		got := moved["guid"].(string)
		if (got != id) != plain || strings.Contains(got, ";") == plain {
			t.Errorf("plain %v: the exception of %s is %s", plain, id, got)
		}
		want := []string{"2026-03-23T08:00:00+00:00", "2026-03-27T08:00:00+00:00", "2026-03-30T07:00:00+00:00", "2026-04-02T07:00:00+00:00"}
		if diff := cmp.Diff(want, column(f.occurrences(""), "startDateTime")); diff != "" {
			t.Errorf("plain %v (-want +got):\n%s", plain, diff)
		}
		f.want(http.StatusOK, "GET", "/v1/activities/"+url.PathEscape(got), "")
		f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+url.PathEscape(got), "")
		f.want(http.StatusNotFound, "GET", "/v1/activities/"+url.PathEscape(got), "")
		if n := len(f.occurrences("")); n != 3 {
			t.Errorf("plain %v: %d left, want 3", plain, n)
		}
	}
}

func TestSeries_ExceptionMovedFarIsFoundWhereItIs(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.weekly(`"maxOccurrences":4`)
	id := column(f.occurrences(""), "guid")[0]
	f.want(http.StatusOK, "PATCH", "/v1/activities/"+url.PathEscape(id),
		`[{"op":"replace","path":"/startDateTime","value":"2027-03-27T08:00:00Z"},{"op":"replace","path":"/endDateTime","value":"2027-03-27T09:00:00Z"}]`)
	if got := len(f.occurrences("")); got != 3 {
		t.Errorf("%d in the old window, want 3", got)
	}
	if got := column(f.list("/v1/activities?startDateTime=2027-01-01T00:00:00Z"), "guid"); !slices.Equal(got, []string{id}) {
		t.Errorf("in the new window: %v", got)
	}
}

func TestSeries_OccurrenceWritesRefusedUnderTheSwitch(t *testing.T) {
	f := newOffice(t, severasim.Options{Switches: severasim.Switches{RefuseOccurrenceWrite: true}})
	series := f.weekly(`"maxOccurrences":4`)
	id := url.PathEscape(column(f.occurrences(""), "guid")[0])
	r := f.want(http.StatusBadRequest, "PATCH", "/v1/activities/"+id, `[{"op":"replace","path":"/name","value":"x"}]`)
	if got := errorType(t, r); got != "InvalidOperation" {
		t.Errorf("type %q", got)
	}
	f.want(http.StatusBadRequest, "DELETE", "/v1/activities/"+id, "")
	f.want(http.StatusOK, "PATCH", "/v1/activities/"+series, `[{"op":"replace","path":"/name","value":"x"}]`)
}

func TestSeries_ExceptionTouchesTheSeriesUnlessQuiet(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		f := newOffice(t, severasim.Options{Switches: severasim.Switches{QuietExceptions: quiet}})
		f.weekly(`"maxOccurrences":4`)
		id := column(f.occurrences(""), "guid")[0]
		f.clock.Add(time.Minute)
		f.want(http.StatusOK, "PATCH", "/v1/activities/"+url.PathEscape(id), `[{"op":"replace","path":"/name","value":"x"}]`)
		since := "&changedSince=2026-03-02T08:01:00Z"
		wantSeries, wantAll := 1, 4
		if quiet {
			wantSeries, wantAll = 0, 1
		}
		if got := len(f.occurrences(since + "&recurrenceType=Series")); got != wantSeries {
			t.Errorf("quiet %v: %d masters changed, want %d", quiet, got, wantSeries)
		}
		if got := len(f.occurrences(since)); got != wantAll {
			t.Errorf("quiet %v: %d entries changed, want %d", quiet, got, wantAll)
		}
	}
}

func TestSeries_EndlessGoesToTheHorizon(t *testing.T) {
	f := newOffice(t, severasim.Options{Switches: severasim.Switches{Horizon: 40 * 24 * time.Hour}})
	f.weekly("")
	rows, _ := f.listAll("/v1/activities?rowCount=3", nil) // the clock says 2 March: until 11 April
	want := []string{"03-23", "03-26", "03-30", "04-02", "04-06", "04-09"}
	got := column(rows, "startDateTime")
	for i := range got {
		got[i] = got[i][5:10]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	if got := len(f.list("/v1/activities?rowCount=100&endDateTime=2026-12-31T00:00:00Z")); got != 81 {
		t.Errorf("%d with an end in the query, want 81", got)
	}
	rec := f.list("/v1/activities?recurrenceType=Series")[0]["recurrence"].(row)
	if rec["lastOccurrenceDateTime"] != nil {
		t.Errorf("an endless series ends: %v", rec)
	}
}

func TestSeries_MasterInTheWindow(t *testing.T) {
	for _, first := range []bool{false, true} {
		f := newOffice(t, severasim.Options{Switches: severasim.Switches{SeriesByFirst: first}})
		f.weekly("")
		got := len(f.list("/v1/activities?recurrenceType=Series&startDateTime=2027-01-01T00:00:00Z"))
		if (got == 0) != first {
			t.Errorf("by first %v: %d masters", first, got)
		}
	}
}

func TestSeries_PatchOfTheRule(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	series := f.weekly(`"maxOccurrences":4`)
	id := column(f.occurrences(""), "guid")[0]
	f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+url.PathEscape(id), "")
	patch := func(status int, path, value string) {
		t.Helper()
		f.want(status, "PATCH", "/v1/activities/"+series, fmt.Sprintf(`[{"op":"replace","path":%q,"value":%s}]`, path, value))
	}
	patch(http.StatusOK, "/name", `"renamed"`)
	if got := len(f.occurrences("")); got != 3 {
		t.Errorf("a new name brought back what was deleted: %d", got)
	}
	patch(http.StatusOK, "/recurrence/range/maxOccurrences", `"6"`)
	if got := len(f.occurrences("")); got != 6 {
		t.Errorf("%d occurrences, want 6", got)
	}
	patch(http.StatusOK, "/recurrence/pattern/weekly/thursday", `false`)
	if got := f.occurrences("")[5]["startDateTime"]; got != "2026-04-27T07:00:00+00:00" {
		t.Errorf("last is %v", got)
	}
	patch(http.StatusBadRequest, "/recurrence/frequency", `"Hourly"`)
	patch(http.StatusBadRequest, "/recurrence/lastOccurrenceDateTime", `"2026-04-27T07:00:00Z"`)
	patch(http.StatusOK, "/recurrence", `null`)
	if rows := f.occurrences(""); len(rows) != 1 || rows[0]["recurrenceType"] != "None" {
		t.Errorf("no longer recurring: %v", rows)
	}
}

func TestSeries_PagesThroughOccurrences(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.weekly(`"maxOccurrences":50`)
	f.postDay("single", "2026-04-01")
	rows, pages := f.listAll("/v1/activities?rowCount=7", nil)
	ids := column(rows, "guid")
	slices.Sort(ids)
	if len(rows) != 51 || pages != 8 || len(slices.Compact(ids)) != 51 {
		t.Errorf("%d rows on %d pages", len(rows), pages)
	}
}
