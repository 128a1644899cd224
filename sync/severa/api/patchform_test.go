package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPatch_LearnsHowTheServerWantsValuesWritten(t *testing.T) {
	ok := reply(200, "application/json", `[{"guid":"a1"}]`)
	bad := reply(400, "application/json", exceptionBody(InvalidParameter, "isClosed"))
	tests := []struct {
		name   string
		accept func(body string) bool
		want   []string // values sent by two patches
	}{
		{"raw", func(b string) bool { return strings.Contains(b, ":true}") }, []string{"true", "true"}},
		{"text", func(b string) bool { return strings.Contains(b, `:"true"}`) }, []string{"true", `"true"`, `"true"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var f *fakeServer
			f = newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
				all := f.seen(http.MethodPatch)
				if tt.accept(all[len(all)-1].Body) {
					ok(w, r)
					return
				}
				bad(w, r)
			})
			c := newTestClient(t, f.URL)
			for range 2 {
				if _, err := c.PatchActivity(t.Context(), "a1", []PatchOp{Replace("/isClosed", true)}); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, r := range f.seen(http.MethodPatch) {
				_, value, _ := strings.Cut(r.Body, `"value":`)
				got = append(got, strings.TrimSuffix(value, "}]"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPatch_TriesTheOtherFormOnlyForWhatHasTwoAndOnlyAfterARefusal(t *testing.T) {
	tests := []struct {
		name   string
		status int
		value  any
		want   int
		class  Class
	}{
		{"text has one form", 400, "x", 1, Invalid},
		{"null has one form", 400, nil, 1, Invalid},
		{"bool refused", 400, true, 2, Invalid},
		{"bool with lost answer", 502, true, 1, OutcomeUnknown},
		{"bool forbidden", 403, true, 1, Forbidden},
		{"bool conflict", 409, true, 1, Invalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFakeServer(t, reply(tt.status, "", ""))
			_, err := newTestClient(t, f.URL).PatchActivity(t.Context(), "a1", []PatchOp{Replace("/x", tt.value)})
			wantClass(t, err, tt.class)
			if got := len(f.seen(http.MethodPatch)); got != tt.want {
				t.Errorf("patches = %d, want %d", got, tt.want)
			}
		})
	}
}

func TestPatch_SecondFormWithoutAnAnswerIsOutcomeUnknown(t *testing.T) {
	n := 0
	f := newFakeServer(t, func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.WriteHeader(map[int]int{1: 400, 2: 502}[n])
	})
	_, err := newTestClient(t, f.URL).PatchActivity(t.Context(), "a1", []PatchOp{Replace("/x", true)})
	wantClass(t, err, OutcomeUnknown)
}

func TestAsText_WritesARuleAsJSONInsideAString(t *testing.T) {
	one := 1
	got, err := asText([]PatchOp{Replace("/recurrence", &Recurrence{Frequency: Daily, Pattern: RecurrencePattern{Daily: &DailyPattern{Interval: &one}}}), Replace("/recurrence", (*Recurrence)(nil)), Replace("/n", 5)})
	if err != nil {
		t.Fatal(err)
	}
	want := []any{`{"frequency":"Daily","pattern":{"daily":{"interval":1,"everyWeekday":false}},"range":{"maxOccurrences":null,"recursUntilDate":null}}`, (*Recurrence)(nil), "5"}
	for i := range got {
		if diff := cmp.Diff(want[i], got[i].Value); diff != "" {
			t.Errorf("value %d (-want +got):\n%s", i, diff)
		}
	}
}
