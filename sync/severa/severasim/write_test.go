package severasim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/severa/severasim"
)

func TestPost_ReturnsTheCreatedActivity(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	got := decodeInto[row](t, f.want(http.StatusCreated, "POST", "/v1/activities",
		f.meeting("Site visit", "2026-03-02T09:00:00+02:00", "2026-03-02T10:30:00+02:00", `"LOCATION":"Room 2","notes":"<b>plans</b> & co","guid":"mine","hasHours":true`)))
	want := row{
		"name": "Site visit", "startDateTime": "2026-03-02T07:00:00+00:00", "endDateTime": "2026-03-02T08:30:00+00:00",
		"location": "Room 2", "notes": "<b>plans</b> & co", "recurrenceType": "None", "hasHours": false,
		"lastUpdatedDateTime": "2026-03-02T08:00:00.000+00:00", "createdDateTime": "2026-03-02T08:00:00.000+00:00",
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s = %v, want %v", k, got[k], v)
		}
	}
	if got["guid"] == "mine" {
		t.Error("the client chose the guid")
	}
	again := decodeInto[row](t, f.want(http.StatusOK, "GET", "/v1/activities/"+got["guid"].(string), ""))
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("GET differs from POST:\n%s", diff)
	}
}

func TestPost_Refusals(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	good := f.meeting("m", "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", "")
	tests := []struct{ name, body string }{
		{"no name", strings.Replace(good, `"name":"m"`, `"name":" "`, 1)},
		{"no start", strings.Replace(good, `"startDateTime"`, `"start"`, 1)},
		{"bad start", strings.Replace(good, "2026-03-02T09:00:00Z", "tomorrow", 1)},
		{"end before start", strings.Replace(good, "2026-03-02T10:00:00Z", "2026-03-02T08:00:00Z", 1)},
		{"no owner", strings.Replace(good, `"ownerUser"`, `"owner"`, 1)},
		{"unknown owner", strings.Replace(good, f.anna, f.anna[:8]+"-0000-0000-0000-000000000000", 1)},
		{"unknown type", strings.Replace(good, f.sim.TypeOf(severasim.CalendarEntry), "nope", 1)},
		{"location too long", f.meeting("m", "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", `"location":"`+strings.Repeat("x", 1001)+`"`)},
		{"all-day without duration", strings.Replace(good, `"hasDuration":true`, `"hasDuration":false,"isAllDay":true`, 1)},
		{"unknown phase", f.meeting("m", "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", `"phase":{"guid":"nope"}`)},
		{"null", "null"},
		{"array", "[]"},
		{"cut", good[:len(good)-4]},
		{"two values", good + good},
		{"wrong type", strings.Replace(good, `"hasDuration":true`, `"hasDuration":"maybe"`, 1)},
		{"bad frequency", f.meeting("m", "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", `"recurrence":{"frequency":"Hourly"}`)},
		{"pattern of another frequency", f.meeting("m", "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", `"recurrence":{"frequency":"Daily","pattern":{"weekly":{"interval":1}}}`)},
		{"never happens", f.meeting("m", "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", `"recurrence":{"frequency":"Daily","range":{"recursUntilDate":"2026-03-01"}}`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := f.want(http.StatusBadRequest, "POST", "/v1/activities", tt.body)
			if got := errorType(t, r); !strings.HasPrefix(got, "Invalid") {
				t.Errorf("type %q", got)
			}
		})
	}
	if got := len(f.sim.Activities()); got != 0 {
		t.Errorf("%d activities came of refused requests", got)
	}
	if got := f.sim.Counts().TotalWrites(); got != 0 {
		t.Errorf("%d writes counted", got)
	}
}

func TestPost_LocationOfExactlyTheLimit(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.post(f.meeting("m", "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", `"location":"`+strings.Repeat("å", 1000)+`"`))
	f.post(f.meeting(strings.Repeat("s", 64<<10), "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", ""))
}

func TestDelete_ThenGone(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	id := f.postDay("m", "2026-04-01")
	f.postDay("stays", "2026-04-01")
	f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+id, "")
	for _, op := range []string{"GET", "DELETE"} {
		if r := f.want(http.StatusNotFound, op, "/v1/activities/"+id, ""); r.body != "" {
			t.Errorf("%s: 404 with a body: %q", op, r.body)
		}
	}
	f.want(http.StatusNotFound, "PATCH", "/v1/activities/"+id, `[{"op":"replace","path":"/name","value":"x"}]`)
	f.want(http.StatusNotFound, "GET", "/v1/activities/"+id+"/activityparticipants", "")
	for _, q := range []string{"", "?changedSince=2026-01-01T00:00:00Z", "?recurrenceType=Exception"} {
		for _, name := range column(f.list("/v1/activities"+q), "name") {
			if name == "m" {
				t.Errorf("%q still tells of the deleted activity", q)
			}
		}
	}
}

func TestPatch_ReplacesAndReturnsAnArray(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	id := f.postDay("m", "2026-04-01")
	body := fmt.Sprintf(`[{"op":"Replace","path":"/name","value":"new"},{"op":"replace","path":"/StartDateTime","value":"2026-04-02T08:00:00+03:00"},
		{"op":"replace","path":"/endDateTime","value":"2026-04-02T09:00:00+03:00"},{"op":"replace","path":"/isClosed","value":"True"},
		{"op":"replace","path":"/notes","value":"text"},{"op":"replace","path":"/activityType/guid","value":%q}]`, f.sim.TypeOf(severasim.Personal))
	rows := decodeInto[[]row](t, f.want(http.StatusOK, "PATCH", "/v1/activities/"+id, body))
	if len(rows) != 1 {
		t.Fatalf("%d rows, want 1", len(rows))
	}
	got := rows[0]
	if got["name"] != "new" || got["startDateTime"] != "2026-04-02T05:00:00+00:00" || got["isClosed"] != true || got["notes"] != "text" {
		t.Errorf("after the patch: %v", got)
	}
	if c := got["activityType"].(row)["category"]; c != "Personal" {
		t.Errorf("category %v", c)
	}
	rows = decodeInto[[]row](t, f.want(http.StatusOK, "PATCH", "/v1/activities/"+id, `[{"op":"replace","path":"/notes","value":null},{"op":"replace","path":"/activityType","value":{"guid":"`+f.sim.TypeOf(severasim.Absences)+`"}}]`))
	if rows[0]["notes"] != nil || rows[0]["activityType"].(row)["category"] != "Absences" {
		t.Errorf("after the second patch: %v", rows[0])
	}
}

func TestPatch_RefusalsChangeNothing(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	id := f.postDay("m", "2026-04-01")
	before, _ := f.sim.Activity(id)
	tests := []struct{ name, ops, typ string }{
		{"add", `{"op":"Add","path":"/name","value":"x"}`, "InvalidOperation"},
		{"remove", `{"op":"remove","path":"/notes"}`, "InvalidOperation"},
		{"unknown op", `{"op":"swap","path":"/notes"}`, "InvalidParameter"},
		{"read-only guid", `{"op":"replace","path":"/guid","value":"x"}`, "InvalidOperation"},
		{"read-only stamp", `{"op":"replace","path":"/lastUpdatedDateTime","value":"2026-04-01T00:00:00Z"}`, "InvalidOperation"},
		{"read-only hours", `{"op":"replace","path":"/hasHours","value":true}`, "InvalidOperation"},
		{"read-only rule", `{"op":"replace","path":"/recurrenceRule","value":"x"}`, "InvalidOperation"},
		{"read-only type", `{"op":"replace","path":"/recurrenceType","value":"Series"}`, "InvalidOperation"},
		{"read-only name of type", `{"op":"replace","path":"/activityType/name","value":"x"}`, "InvalidOperation"},
		{"no such path", `{"op":"replace","path":"/isPrivate","value":true}`, "InvalidParameter"},
		{"no slash", `{"op":"replace","path":"name","value":"x"}`, "InvalidParameter"},
		{"empty name", `{"op":"replace","path":"/name","value":""}`, "InvalidParameter"},
		{"end before start", `{"op":"replace","path":"/endDateTime","value":"2026-03-01T00:00:00Z"}`, "InvalidParameter"},
		{"bool", `{"op":"replace","path":"/isClosed","value":"perhaps"}`, "InvalidParameter"},
		{"bool null", `{"op":"replace","path":"/isClosed","value":null}`, "InvalidParameter"},
		{"date", `{"op":"replace","path":"/startDateTime","value":"soon"}`, "InvalidParameter"},
		{"second of two", `{"op":"replace","path":"/name","value":"x"},{"op":"replace","path":"/guid","value":"x"}`, "InvalidOperation"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := f.want(http.StatusBadRequest, "PATCH", "/v1/activities/"+id, "["+tt.ops+"]")
			if got := errorType(t, r); got != tt.typ {
				t.Errorf("type %q, want %q", got, tt.typ)
			}
			after, _ := f.sim.Activity(id)
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("the activity changed:\n%s", diff)
			}
		})
	}
	f.want(http.StatusBadRequest, "PATCH", "/v1/activities/"+id, `{"op":"replace","path":"/name","value":"x"}`)
	f.want(http.StatusBadRequest, "PATCH", "/v1/activities/"+id, `[]`)
}

func TestPatch_ValuesUnderTheSwitch(t *testing.T) {
	for _, tt := range []struct {
		style       severasim.PatchValues
		quoted, raw int
	}{
		{severasim.PatchAny, 200, 200},
		{severasim.PatchStrings, 200, 400},
		{severasim.PatchRaw, 400, 200},
	} {
		t.Run(tt.style.String(), func(t *testing.T) {
			f := newOffice(t, severasim.Options{Switches: severasim.Switches{PatchValues: tt.style}})
			id := f.postDay("m", "2026-04-01")
			f.want(tt.quoted, "PATCH", "/v1/activities/"+id, `[{"op":"replace","path":"/isClosed","value":"true"}]`)
			f.want(tt.raw, "PATCH", "/v1/activities/"+id, `[{"op":"replace","path":"/isClosed","value":true}]`)
			f.want(tt.quoted, "PATCH", "/v1/activities/"+id, `[{"op":"replace","path":"/recurrence","value":"{\"frequency\":\"Daily\"}"}]`)
			f.want(tt.raw, "PATCH", "/v1/activities/"+id, `[{"op":"replace","path":"/recurrence","value":{"frequency":"Daily"}}]`)
			f.want(http.StatusOK, "PATCH", "/v1/activities/"+id, `[{"op":"replace","path":"/name","value":"text is a string in each"}]`)
		})
	}
}

func TestPatch_SeveralGuidsReportSuccessesAndErrors(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	a, b := f.postDay("a", "2026-04-01"), f.postDay("b", "2026-04-01")
	r := f.want(http.StatusOK, "PATCH", "/v1/activities/"+a+",unknown,"+b, `[{"op":"replace","path":"/location","value":"L"}]`)
	got := decodeInto[struct{ Successes, Errors []row }](t, r)
	if len(got.Successes) != 2 || len(got.Errors) != 1 {
		t.Errorf("%d successes and %d errors, want 2 and 1", len(got.Successes), len(got.Errors))
	}
}

func TestCounts_WritesThatTookEffect(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.sim.ResetCounts()
	id := f.postDay("m", "2026-04-01")
	f.do("POST", "/v1/activities", "{}")
	f.do("PATCH", "/v1/activities/"+id, `[{"op":"replace","path":"/name","value":"x"}]`)
	f.do("DELETE", "/v1/activities/"+id, "")
	f.do("DELETE", "/v1/activities/"+id, "")
	if err := f.sim.RemoveActivity("x"); err == nil {
		t.Error("removed what is not there")
	}
	want := severasim.Counts{
		Requests: map[string]int{"POST /v1/activities": 2, "PATCH /v1/activities/{guid}": 1, "DELETE /v1/activities/{guid}": 2},
		Writes:   map[string]int{"POST /v1/activities": 1, "PATCH /v1/activities/{guid}": 1, "DELETE /v1/activities/{guid}": 1},
		Status:   map[int]int{201: 1, 400: 1, 200: 1, 204: 1, 404: 1},
	}
	if diff := cmp.Diff(want, f.sim.Counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if got := f.sim.Counts().Total(); got != 5 {
		t.Errorf("Total = %d, want 5", got)
	}
}
