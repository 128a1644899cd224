package api

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestActivities_FollowsPageTokenWithAllOtherParametersIdentical(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
		n := map[string]int{"": 1, "p;2&x": 2, "p3": 3}[r.URL.Query().Get("pageToken")]
		if next := []string{"", "p;2&x", "p3", ""}[n]; next != "" {
			w.Header().Set("NextPageToken", next)
		}
		w.Header().Set("Date", "Mon, 02 Mar 2026 08:00:00 GMT")
		_, _ = fmt.Fprintf(w, `[{"guid":"a%d"}]`, n)
	})
	c := newTestClient(t, f.URL)
	no := false
	q := ActivityQuery{
		UserGUIDs: []string{"u1", "u2"}, IncludeAsMember: true, RecurrenceType: RecurrenceSeries, Closed: &no,
		ChangedSince: time.Date(2026, 2, 20, 12, 11, 12, 123_000_000, time.FixedZone("", 7200)),
	}
	var ids []string
	var lasts []bool
	for page, err := range c.Activities(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC); !page.ServerTime.Equal(want) {
			t.Errorf("server time = %v, want %v", page.ServerTime, want)
		}
		ids = append(ids, page.Rows[0].GUID)
		lasts = append(lasts, page.Last)
	}
	if diff := cmp.Diff([]string{"a1", "a2", "a3"}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{false, false, true}, lasts); diff != "" {
		t.Errorf("last (-want +got):\n%s", diff)
	}
	want := url.Values{
		"userGuids": {"u1", "u2"}, "includeAsMember": {"true"}, "recurrenceType": {"Series"}, "closed": {"false"},
		"changedSince": {"2026-02-20T12:11:12.123+02:00"}, "rowCount": {"100"},
	}
	for i, r := range f.seen(http.MethodGet) {
		got, err := url.ParseQuery(r.Query)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := got.Get("pageToken"), []string{"", "p;2&x", "p3"}[i]; got != want {
			t.Errorf("page %d: token = %q, want %q", i, got, want)
		}
		got.Del("pageToken")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("page %d: query (-want +got):\n%s", i, diff)
		}
		if strings.Contains(r.Query, "+02:00") {
			t.Errorf("page %d: the offset's plus is not escaped: %s", i, r.Query)
		}
	}
}

func TestActivities_SendsEveryDocumentedParameter(t *testing.T) {
	yes, no := true, false
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	got, err := ActivityQuery{
		UserGUIDs: []string{"u"}, IncludeAsMember: true, Start: at, End: at.AddDate(0, 1, 0), StrictTimes: true, ChangedSince: at,
		RecurrenceType: RecurrenceNone, Categories: []Category{CategoryPersonal, CategoryCalendarEntry}, ActivityTypeGUIDs: []string{"t"},
		Closed: &yes, HasDuration: &yes, HasHours: &no, IsUnassigned: &no, CustomerGUIDs: []string{"c"}, IncludeWithNoCustomer: &no,
		ProjectGUIDs: []string{"p"}, IncludeWithNoProject: &no, ProjectBusinessUnitGUIDs: []string{"b"}, ProjectOwnerGUIDs: []string{"o"},
		ProjectTaskStatusGUIDs: []string{"s"}, PhaseGUIDs: []string{"ph"}, IncludeSubPhases: true, ContactGUIDs: []string{"co"},
		UserKeywordGUIDs: []string{"k"}, RowCount: 7,
	}.values()
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"userGuids": {"u"}, "includeAsMember": {"true"}, "startDateTime": {"2026-03-01T00:00:00+00:00"}, "endDateTime": {"2026-04-01T00:00:00+00:00"},
		"useStrictStartAndEndDateTime": {"true"}, "changedSince": {"2026-03-01T00:00:00+00:00"}, "recurrenceType": {"None"},
		"activityCategories": {"Personal", "CalendarEntry"}, "activityTypeGuids": {"t"}, "closed": {"true"}, "hasDuration": {"true"},
		"hasHours": {"false"}, "isUnassigned": {"false"}, "customerGuids": {"c"}, "includeTasksWithNoCustomer": {"false"},
		"projectGuids": {"p"}, "includeTasksWithNoProject": {"false"}, "projectBusinessUnitGuids": {"b"}, "projectOwnerGuids": {"o"},
		"projectTaskStatusGuids": {"s"}, "phaseGuids": {"ph"}, "includeSubPhases": {"true"}, "contactGuids": {"co"},
		"userKeywordGuids": {"k"}, "rowCount": {"7"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
}

func TestActivities_RepeatedPageTokenEndsWithAnError(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("NextPageToken", map[string]string{"": "a", "a": "b", "b": "a"}[r.URL.Query().Get("pageToken")])
		_, _ = io.WriteString(w, `[{"guid":"x"}]`)
	})
	rows, _, err := All(newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{}))
	wantClass(t, err, Protocol)
	if rows != nil {
		t.Errorf("rows = %v, want none beside an error", rows)
	}
	if got, want := len(f.seen("")), 3; got != want {
		t.Errorf("requests = %d, want %d", got, want)
	}
}

func TestActivities_PageLimitEndsWithAnError(t *testing.T) {
	n := 0
	f := newFakeServer(t, func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.Header().Set("NextPageToken", fmt.Sprint(n))
		_, _ = io.WriteString(w, `[]`)
	})
	c := newTestClient(t, f.URL, func(o *Options) { o.MaxPages = 4 })
	_, _, err := All(c.Activities(t.Context(), ActivityQuery{}))
	wantClass(t, err, Protocol)
	if got, want := len(f.seen("")), 4; got != want {
		t.Errorf("requests = %d, want %d", got, want)
	}
}

func TestActivities_ErrorOnALaterPageIsNoShortList(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("pageToken") != "" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("NextPageToken", "2")
		_, _ = io.WriteString(w, `[{"guid":"x"}]`)
	})
	rows, _, err := All(newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{}))
	wantClass(t, err, Unavailable)
	if rows != nil {
		t.Errorf("rows = %v, want none", rows)
	}
}

func TestList_UnreadableAnswersAreErrorsNeverAnEmptyList(t *testing.T) {
	tests := []struct {
		name, ctype, body string
		status            int
		want              Class
	}{
		{"proxy page", "text/html; charset=utf-8", "<!DOCTYPE html><html><body>Sign in</body></html>", 200, Protocol},
		{"page that says json", "application/json", "<html></html>", 200, Protocol},
		{"page that says html but is json", "text/html", "[]", 200, Protocol},
		{"empty", "application/json", "", 200, Protocol},
		{"blank", "application/json", "  \r\n", 200, Protocol},
		{"null", "application/json", "null", 200, Protocol},
		{"object", "application/json", `{"value":[]}`, 200, Protocol},
		{"truncated", "application/json", `[{"guid":"a"},{"guid":"b`, 200, Protocol},
		{"trailing garbage", "application/json", `[]]`, 200, Protocol},
		{"no content", "", "", 204, Protocol},
		{"created", "application/json", "[]", 201, Protocol},
		{"redirect", "", "", 307, Protocol},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFakeServer(t, reply(tt.status, tt.ctype, tt.body))
			rows, _, err := All(newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{}))
			e := wantClass(t, err, tt.want)
			if rows != nil || e.Op != "list activities" {
				t.Errorf("rows = %v, op = %q, want none and list activities", rows, e.Op)
			}
		})
	}
}

func TestList_BodyCutOnTheWireIsUnavailable(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `[]`) // valid JSON, but less than announced
	})
	_, _, err := All(newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{}))
	wantClass(t, err, Unavailable)
}

func TestList_AnswerOverTheLimitIsRefused(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", "["+strings.Repeat(" ", 5000)+"]"))
	c := newTestClient(t, f.URL, func(o *Options) { o.MaxAnswer = 4000 })
	_, _, err := All(c.Activities(t.Context(), ActivityQuery{}))
	wantClass(t, err, Protocol)
}

func TestList_BadRowIsAProblemOfThatRow(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", `[
		{"guid":"good-1","name":"A","startDateTime":"2026-03-02T08:00:00Z"},
		{"guid":"bad-time","name":"B","startDateTime":"second of March"},
		{"guid":"bad-offset","startDateTime":"2026-03-02T08:00:00"},
		{"guid":"bad-type","name":{"secret":"x"}},
		{"guid":"bad-phone-like","isAllDay":12345},
		{"name":"no id"}, null, "text", {"guid":17},
		{"guid":"bad-number","customer":{"number":4711.5}},
		{"guid":"g;1","recurrenceType":"Sometimes","activityType":{"guid":"t","category":"Novelty"},"endDateTime":null,"notes":null,"ownerUser":null,"unknown":{"a":1}}
	]`))
	var page Page[Activity]
	for p, err := range newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		page = p
	}
	want := []Activity{
		{GUID: "good-1", Name: "A", Start: At(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))},
		{GUID: "g;1", RecurrenceType: "Sometimes", ActivityType: TypeRef{GUID: "t", Category: "Novelty"}},
	}
	if diff := cmp.Diff(want, page.Rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if page.Rows[1].RecurrenceType.Known() || page.Rows[1].ActivityType.Category.Known() {
		t.Error("unknown enumeration values are reported as known")
	}
	var got []string
	for _, p := range page.Problems {
		got = append(got, fmt.Sprintf("%d %q %v", p.Index, p.GUID, p.Err))
	}
	wantProblems := []string{
		`1 "bad-time" member startDateTime: found text that is no time with an offset`,
		`2 "bad-offset" member startDateTime: found text that is no time with an offset`,
		`3 "bad-type" member name: found object`,
		`4 "bad-phone-like" member isAllDay: found number`,
		`5 "" it has no id`, `6 "" it is null`, `7 "" found string where another type belongs`, `8 "" member guid: found number`,
		`9 "bad-number" member customer.number: found number`,
	}
	if diff := cmp.Diff(wantProblems, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestActivity_ReadsAllDocumentedFields(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", `{"guid":"s1;o2","name":"Weekly","startDateTime":"2026-03-02T09:00:00.1234567+02:00",
		"endDateTime":"2026-03-02T10:00:00+0200","isAllDay":false,"hasDuration":true,"isClosed":true,"isUnassigned":true,"hasHours":true,"notes":"n","location":"l",
		"activityType":{"guid":"t1","name":"Meeting","category":"CalendarEntry"},
		"ownerUser":{"guid":"u1","name":"O","code":"c","keywords":[{"guid":"k","value":"v"}]},"customer":{"guid":"c1","name":"C","number":12},
		"phase":{"guid":"p1","name":"P","isLocked":true,"projectGuid":"pg","projectName":"pn","projectNumber":3,"projectOwnerGuid":"po"},
		"projectTaskStatus":{"guid":"ps","name":"Done"},
		"recurrence":{"frequency":"Weekly","pattern":{"daily":null,"weekly":{"interval":2,"monday":true,"thursday":true},"monthly":null,"yearly":null},
			"range":{"maxOccurrences":null,"recursUntilDate":"2026-12-31"},"exceptions":["2026-03-09T09:00:00+02:00"],"lastOccurrenceDateTime":null},
		"recurrenceRule":"FREQ=WEEKLY","recurrenceType":"Exception","recurrenceParentActivityGuid":"s1",
		"createdDateTime":"0001-01-01T00:00:00+00:00","lastUpdatedDateTime":"2026-02-20T10:11:12.123Z",
		"createdBy":{"guid":"e","name":"E","code":"ec","firstName":"F","lastName":"L"},"lastUpdatedBy":null}`))
	got, err := newTestClient(t, f.URL).Activity(t.Context(), "s1;o2")
	if err != nil {
		t.Fatal(err)
	}
	twelve, three := int64(12), int64(3)
	zone := time.FixedZone("", 7200)
	want := Activity{
		GUID: "s1;o2", Name: "Weekly", Start: At(time.Date(2026, 3, 2, 9, 0, 0, 123456700, zone)), End: At(time.Date(2026, 3, 2, 10, 0, 0, 0, zone)),
		HasDuration: true, IsClosed: true, IsUnassigned: true, HasHours: true, Notes: "n", Location: "l",
		ActivityType: TypeRef{"t1", "Meeting", CategoryCalendarEntry},
		OwnerUser:    OwnerRef{"u1", "O", "c", []Keyword{{"k", "v"}}}, Customer: &CustomerRef{"c1", "C", &twelve},
		Phase:             &PhaseRef{"p1", "P", true, "pg", "pn", &three, "po"},
		ProjectTaskStatus: &Ref{"ps", "Done"},
		Recurrence: &Recurrence{
			Frequency: Weekly, Pattern: RecurrencePattern{Weekly: &WeeklyPattern{Interval: 2, Monday: true, Thursday: true}},
			Range: RecurrenceRange{Until: Date{2026, 12, 31}}, Exceptions: []Time{At(time.Date(2026, 3, 9, 9, 0, 0, 0, zone))},
		},
		RecurrenceRule: "FREQ=WEEKLY", RecurrenceType: RecurrenceException, RecurrenceParentActivityGUID: "s1",
		LastUpdated: At(time.Date(2026, 2, 20, 10, 11, 12, 123_000_000, time.UTC)),
		CreatedBy:   &Editor{"e", "E", "ec", "F", "L"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("activity (-want +got):\n%s", diff)
	}
	if got, want := f.seen("")[0].Path, "/rest-api/v1/activities/s1%3Bo2"; got != want {
		t.Errorf("path = %s, want %s", got, want)
	}
}
