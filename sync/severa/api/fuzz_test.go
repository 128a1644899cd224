package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func fuzzRows[T row](f *testing.F, seeds ...string) {
	for _, s := range append(seeds, `[]`, `[null,1,"x",{}]`, `null`, ``, `<html>`, `[{"guid":"g;1"}]`, `[{"guid":"a"`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, problems, err := decodeRows[T](data)
		if err != nil {
			if rows != nil || problems != nil {
				t.Fatalf("rows beside error %v", err)
			}
			return
		}
		var raws []json.RawMessage
		if json.Unmarshal(data, &raws) != nil || raws == nil {
			t.Fatalf("%q was taken for a list", data)
		}
		if got, want := len(rows)+len(problems), len(raws); got != want {
			t.Fatalf("rows and problems = %d, want %d: a row was lost", got, want)
		}
		for _, v := range rows {
			if strings.TrimSpace(v.id()) == "" {
				t.Fatal("a row without id was accepted")
			}
		}
		for _, p := range problems {
			if p.Err == nil {
				t.Fatal("a problem without reason")
			}
			if p.GUID != "" && pathID(p.GUID) != nil {
				t.Fatalf("a problem names the unusable id %q", p.GUID)
			}
		}
	})
}

func FuzzActivities(f *testing.F) {
	fuzzRows[Activity](f, `[{"guid":"a","startDateTime":"2026-03-02T08:00:00+02:00","recurrence":{"frequency":"Daily","pattern":{"daily":{"interval":1}},"range":{"recursUntilDate":"2026-12-31"},"exceptions":[null]}}]`)
}

func FuzzParticipants(f *testing.F) {
	fuzzRows[Participant](f, `[{"guid":"m","status":"Accepted","type":"User"}]`)
}

func FuzzActivityTypes(f *testing.F) {
	fuzzRows[ActivityType](f, `[{"guid":"t","category":"Personal","isPaidLeave":null}]`)
}

func FuzzUsers(f *testing.F) {
	fuzzRows[User](f, `[{"guid":"u","culture":"fi","timezone":{"guid":"z"}}]`)
}

func FuzzTimeZones(f *testing.F) {
	fuzzRows[TimeZone](f, `[{"guid":"z","ianaName":"Europe/Helsinki"}]`)
}

func FuzzOrganisation(f *testing.F) {
	f.Add([]byte(`{"name":"x","timezone":{"guid":"z"},"activeAddons":[1]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := decodeOne[Organisation](data); err == nil && !json.Valid(data) {
			t.Fatalf("%q was accepted", data)
		}
	})
}

func FuzzPatched(f *testing.F) {
	f.Add([]byte(`[{"guid":"a"}]`), "a")
	f.Add([]byte(`[{"guid":"a"},{"guid":"B"}]`), "b")
	f.Fuzz(func(t *testing.T, data []byte, id string) {
		v, err := decodePatched[Activity](data, id)
		if err == nil && strings.TrimSpace(v.GUID) == "" {
			t.Fatalf("%q gave an activity without id", data)
		}
	})
}

func FuzzException(f *testing.F) {
	f.Add([]byte(exceptionBody(InvalidParameter, "name")))
	f.Add([]byte(`{"error":{"type":null,"details":[{"location":null},{}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		kind, parameter := parseException(data)
		for _, s := range []string{string(kind), parameter} {
			if len(s) > 64 || strings.ContainsAny(s, " @\"'<>\n") {
				t.Fatalf("unclean text %q", s)
			}
		}
	})
}

func FuzzGrant(f *testing.F) {
	f.Add([]byte(`{"access_token":"t","access_token_expires_in":3600,"scope":"activities:read users:read"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		asked := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		g, err := readGrant(&answer{status: 200, header: http.Header{}, body: data}, asked, DefaultScopes())
		if err != nil {
			return
		}
		if !headerText(g.value) || !headerText(g.kind) {
			t.Fatalf("token %q of kind %q cannot stand in a header", g.value, g.kind)
		}
		if life := g.renewAt.Sub(asked); life < 0 || life > maxTokenLife {
			t.Fatalf("renewed after %v", life)
		}
	})
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{`"2026-03-02T09:00:00.1234567+02:00"`, `"2026-03-02T09:00:00Z"`, `"2026-03-02T09:00Z"`, `null`, `""`, `"0001-01-01T00:00:00+00:00"`, `"9999-12-31T23:59:59-14:00"`, `"0002-01-01T00:00:00+20"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var in, again Time
		if json.Unmarshal(data, &in) != nil {
			return
		}
		out, err := json.Marshal(in)
		if err != nil {
			return // beyond the year 9999 in UTC
		}
		if err := json.Unmarshal(out, &again); err != nil {
			t.Fatalf("%s was written as %s, which does not read: %v", data, out, err)
		}
		if !again.Equal(in.Truncate(100 * time.Nanosecond)) {
			t.Fatalf("%s came back as %v, want %v", data, again, in)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{`"2026-12-31"`, `"2026-12-31T00:00:00+02:00"`, `"2026-12-31T23:00:00Z"`, `null`, `"2026-02-30"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var in, again Date
		if json.Unmarshal(data, &in) != nil {
			return
		}
		out, err := json.Marshal(in)
		if err != nil {
			t.Fatalf("%s was read as %v, which cannot be written: %v", data, in, err)
		}
		if err := json.Unmarshal(out, &again); err != nil || again != in {
			t.Fatalf("%s came back as %v, %v, want %v", data, again, err, in)
		}
	})
}
