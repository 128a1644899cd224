package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestIDs_AreEscapedOrRefused(t *testing.T) {
	f := newFakeServer(t, reply(http.StatusNoContent, "", ""))
	c := newTestClient(t, f.URL)
	if err := c.DeleteParticipant(t.Context(), "a/b;c,d?e#f", "p%2F{g}"); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteExceptions(t.Context(), "s 1"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"/rest-api/v1/activities/a%2Fb%3Bc%2Cd%3Fe%23f/activityparticipants/p%252F%7Bg%7D",
		"/rest-api/v1/activities/s%201/exceptions",
	}
	for i, r := range f.seen("") {
		if r.Path != want[i] || r.Method != http.MethodDelete {
			t.Errorf("request %d = %s %s, want DELETE %s", i, r.Method, r.Path, want[i])
		}
	}
	before := len(f.seen(""))
	for _, id := range []string{"", ".", "..", "a\nb", "a\x00", "\xff", strings.Repeat("x", maxID+1)} {
		if e := wantClass(t, c.DeleteActivity(t.Context(), id), Invalid); e.Sent {
			t.Errorf("id %q: Sent = true, want false", id)
		}
	}
	if got := len(f.seen("")); got != before {
		t.Errorf("requests = %d, want %d: bad ids must not be sent", got, before)
	}
}

func TestCreateActivity_SendsOnlyWritableFields(t *testing.T) {
	f := newFakeServer(t, reply(201, "application/json", `{"guid":"c3","name":"Site visit"}`))
	d := aDraft()
	d.CustomerGUID = "cu"
	n := 10
	d.Recurrence = &Recurrence{
		Frequency: Weekly, Pattern: RecurrencePattern{Weekly: &WeeklyPattern{Interval: 1, Monday: true}},
		Range: RecurrenceRange{MaxOccurrences: &n}, Exceptions: []Time{d.Start}, LastOccurrence: d.Start,
	}
	got, err := newTestClient(t, f.URL).CreateActivity(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if got.GUID != "c3" {
		t.Errorf("guid = %q, want c3", got.GUID)
	}
	want := `{"name":"Site visit","startDateTime":"2026-03-02T09:00:00+02:00","endDateTime":"2026-03-02T10:30:00+02:00","isAllDay":false,"hasDuration":true,` +
		`"isClosed":false,"isUnassigned":false,"notes":"bring plans","location":"Room 2","activityType":{"guid":"type-1"},"ownerUser":{"guid":"user-1"},"customer":{"guid":"cu"},` +
		`"recurrence":{"frequency":"Weekly","pattern":{"weekly":{"interval":1,"monday":true,"tuesday":false,"wednesday":false,"thursday":false,"friday":false,"saturday":false,"sunday":false}},` +
		`"range":{"maxOccurrences":10,"recursUntilDate":null}}}`
	r := f.seen(http.MethodPost)[0]
	if diff := cmp.Diff(want, r.Body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if got, want := r.Header.Get("Content-Type"), "application/json"; got != want {
		t.Errorf("content type = %q, want %q", got, want)
	}
}

func TestCreateActivity_RefusesWhatCannotBeRight(t *testing.T) {
	f := newFakeServer(t, reply(201, "application/json", `{"guid":"c3"}`))
	c := newTestClient(t, f.URL)
	zero := 0
	for name, change := range map[string]func(*ActivityDraft){
		"name": func(d *ActivityDraft) { d.Name = "" }, "start": func(d *ActivityDraft) { d.Start = Time{} },
		"type": func(d *ActivityDraft) { d.ActivityTypeGUID = "" }, "owner": func(d *ActivityDraft) { d.OwnerGUID = "" },
		"end before start": func(d *ActivityDraft) { d.End = At(d.Start.Add(-time.Second)) },
		"all-day to-do":    func(d *ActivityDraft) { d.IsAllDay, d.HasDuration = true, false },
		"long location":    func(d *ActivityDraft) { d.Location = strings.Repeat("😀", 501) },
		"broken text":      func(d *ActivityDraft) { d.Notes = "\xff" },
		"year":             func(d *ActivityDraft) { d.End = At(time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)) },
		"no pattern":       func(d *ActivityDraft) { d.Recurrence = &Recurrence{Frequency: Daily} },
		"wrong pattern": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: Daily, Pattern: RecurrencePattern{Weekly: &WeeklyPattern{Interval: 1, Monday: true}}}
		},
		"no weekday": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: Weekly, Pattern: RecurrencePattern{Weekly: &WeeklyPattern{Interval: 1}}}
		},
		"zero interval": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: Daily, Pattern: RecurrencePattern{Daily: &DailyPattern{Interval: &zero}}}
		},
		"month without day": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: Monthly, Pattern: RecurrencePattern{Monthly: &MonthlyPattern{Interval: 1}}}
		},
		"year without month": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: Yearly, Pattern: RecurrencePattern{Yearly: &YearlyPattern{Ordinal: First, OrdinalDay: Monday}}}
		},
		"unknown frequency": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: "Hourly", Pattern: RecurrencePattern{Daily: &DailyPattern{}}}
		},
	} {
		d := aDraft()
		change(&d)
		_, err := c.CreateActivity(t.Context(), d)
		if e := wantClass(t, err, Invalid); e.Sent || e.Err == nil {
			t.Errorf("%s: %+v, want an unsent error with a cause", name, e)
		}
	}
	if got := len(f.seen("")); got != 0 {
		t.Errorf("requests = %d, want 0", got)
	}
}

func TestPatchActivity_SendsReplaceOperationsAndReadsTheArray(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", `[{"guid":"other"},{"guid":"A1","name":"new"}]`))
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	got, err := newTestClient(t, f.URL).PatchActivity(t.Context(), "a1", []PatchOp{
		Replace("/name", "<new> & old"),
		{Path: "/startDateTime", Value: at},
		{Op: "Replace", Path: "/isClosed", Value: true},
		Replace("/notes", nil), Replace("/activityType/guid", "t2"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "new" {
		t.Errorf("name = %q, want that of the row with the id", got.Name)
	}
	want := `[{"op":"replace","path":"/name","value":"<new> & old"},{"op":"replace","path":"/startDateTime","value":"2026-03-02T08:00:00+00:00"},` +
		`{"op":"replace","path":"/isClosed","value":true},{"op":"replace","path":"/notes","value":null},{"op":"replace","path":"/activityType/guid","value":"t2"}]`
	if diff := cmp.Diff(want, f.seen(http.MethodPatch)[0].Body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestPatchActivity_RefusesBadOperations(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", `[{"guid":"a1"}]`))
	c := newTestClient(t, f.URL)
	for name, ops := range map[string][]PatchOp{
		"none": nil, "add": {{Op: "add", Path: "/name", Value: "x"}}, "path": {Replace("name", "x")}, "root": {Replace("/", "x")},
		"twice": {Replace("/name", "x"), Replace("/Name", "y")}, "type": {Replace("/name", 1.5)}, "text": {Replace("/name", "\xff")},
		"map": {Replace("/name", map[string]any{})}, "rule": {Replace("/recurrence", &Recurrence{})},
	} {
		_, err := c.PatchActivity(t.Context(), "a1", ops)
		if e := wantClass(t, err, Invalid); e.Sent {
			t.Errorf("%s: Sent = true, want false", name)
		}
	}
	if got := len(f.seen("")); got != 0 {
		t.Errorf("requests = %d, want 0", got)
	}
}

func TestPatchActivity_AnswersThatDoNotShowTheOutcome(t *testing.T) {
	for name, body := range map[string]string{
		"no row": `[]`, "two others": `[{"guid":"x"},{"guid":"y"}]`, "bad row": `[{"guid":"a1","startDateTime":"?"}]`,
		"successes and errors": `{"successes":[],"errors":[]}`, "truncated": `[{"guid":"a1"`, "empty": ``, "page": `<html>`,
	} {
		f := newFakeServer(t, reply(200, "application/json", body))
		_, err := newTestClient(t, f.URL).PatchActivity(t.Context(), "a1", []PatchOp{Replace("/name", "x")})
		if e := wantClass(t, err, OutcomeUnknown); !e.Sent {
			t.Errorf("%s: Sent = false, want true", name)
		}
	}
}

func TestPatchActivity_OnlyRowMayHaveAnotherID(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", `[{"guid":"exception-9"}]`))
	got, err := newTestClient(t, f.URL).PatchActivity(t.Context(), "s;o", []PatchOp{Replace("/name", "x")})
	if err != nil || got.GUID != "exception-9" {
		t.Errorf("got %q, %v, want exception-9", got.GUID, err)
	}
}
