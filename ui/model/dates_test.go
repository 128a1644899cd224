package model

import (
	"testing"
	"time"

	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

func TestMoment(t *testing.T) {
	now := time.Date(2026, 11, 25, 10, 44, 0, 0, time.UTC) // a Wednesday
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{now.Add(-46 * time.Minute), "Today 09:58"},
		{now.Add(-11 * time.Hour), "Yesterday 23:44"},
		{time.Date(2026, 11, 20, 14, 12, 0, 0, time.UTC), "Fri 14:12"},
		{time.Date(2026, 11, 18, 14, 12, 0, 0, time.UTC), "18 Nov 14:12"},
		{time.Date(2025, 12, 24, 8, 0, 0, 0, time.UTC), "24 Dec 2025 08:00"},
		{time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC), "26 Nov 08:00"},
	} {
		if got := Moment(c.at, now); got != c.want {
			t.Errorf("%v: %q, want %q", c.at, got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	now := time.Date(2026, 11, 25, 10, 44, 0, 0, time.UTC)
	for _, c := range []struct {
		e    localapi.Entry
		want string
	}{
		{localapi.Entry{Start: "2026-11-25T13:00:00", End: "2026-11-25T14:00:00"}, "Wed 25 Nov, 13:00 to 14:00"},
		{localapi.Entry{Start: "2026-11-25T23:00:00", End: "2026-11-26T01:00:00"}, "Wed 25 Nov, 23:00 to Thu 26 Nov, 01:00"},
		{localapi.Entry{Start: "2026-12-04", End: "2026-12-05", AllDay: true}, "Fri 4 Dec"},
		{localapi.Entry{Start: "2026-12-04", End: "2026-12-07", AllDay: true}, "Fri 4 Dec to Sun 6 Dec"},
		{localapi.Entry{Start: "2027-01-04", End: "2027-01-05", AllDay: true}, "Mon 4 Jan 2027"},
	} {
		if got := Times(c.e, now); got != c.want {
			t.Errorf("%+v: %q, want %q", c.e, got, c.want)
		}
	}
}

// TestTimes_InTheReadersLanguage checks that a moment is written as the office
// of each language writes it.
func TestTimes_InTheReadersLanguage(t *testing.T) {
	t.Cleanup(func() { _ = say.Use(say.English) })
	now := time.Date(2026, 11, 25, 10, 44, 0, 0, time.UTC)
	e := localapi.Entry{Start: "2027-01-05T09:00:00", End: "2027-01-05T14:30:00"}
	for tag, want := range map[string][3]string{
		"fi": {"ti 5.1.2027 klo\u00a09.00–14.30", "Tänään klo\u00a09.58", "Ma klo\u00a09.58"},
		"de": {"Di., 5. Jan. 2027, 09:00 bis 14:30", "Heute 09:58", "Mo., 09:58"},
		"da": {"tir 5. jan 2027, 09.00 til 14.30", "I dag 09.58", "Man 09.58"},
		"sv": {"tis 5 jan 2027 09:00 till 14:30", "I dag 09:58", "Mån 09:58"},
	} {
		if err := say.Use(tag); err != nil {
			t.Fatal(err)
		}
		at := now.Add(-46 * time.Minute)
		if got := [3]string{Times(e, now), Moment(at, now), Moment(at.AddDate(0, 0, -2), now)}; got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
}

// TestTimes_OverNightInFinnish checks that the dash between two days stands
// apart, as the one between two clocks does not.
func TestTimes_OverNightInFinnish(t *testing.T) {
	t.Cleanup(func() { _ = say.Use(say.English) })
	if err := say.Use("fi"); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2027, 1, 1, 10, 44, 0, 0, time.UTC)
	e := localapi.Entry{Start: "2027-01-05T21:00:00", End: "2027-01-06T06:30:00"}
	if got, want := Times(e, now), "ti 5.1. klo\u00a021.00 – ke 6.1. klo\u00a06.30"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
