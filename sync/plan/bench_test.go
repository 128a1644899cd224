package plan

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"lockstep/sync/event"
)

// crowd is n entries on each side, of which nine in ten are on both, in
// different zones, and one in ten of these has a twin.
func crowd(n int) (free [2][]event.Item) {
	zone := [2]string{"Europe/Helsinki", "Europe/Amsterdam"}
	for _, s := range event.Sides() {
		for i := range n {
			what, hour := i, i%2000
			if i%10 == 9 {
				what = i - 1 // a twin
			}
			subject := fmt.Sprint("Entry ", what)
			if i%10 == 5 {
				subject += s.String()
			}
			if i%10 == 9 {
				hour = (i - 1) % 2000
			}
			start := now.Add(time.Duration(hour) * time.Hour)
			it := entry(id([]string{"b", "x"}[s], i), subject, 0)
			it.When, _ = event.Between(start, start.Add(time.Hour), zone[s])
			free[s] = append(free[s], it)
		}
	}
	return free
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			free := crowd(n)
			r := rules()
			b.ResetTimer()
			for b.Loop() {
				pairs, ties := Match(free, r)
				if len(pairs) != n/10*9 || len(ties) != 0 {
					b.Fatalf("%d pairs, %d ties, want %d and 0", len(pairs), len(ties), n/10*9)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/entry")
		})
	}
}

// resting is a person with n linked entries and nothing to do.
func resting(n int) Input {
	in := input()
	key := []byte("0123456789abcdef0123456789abcdef")
	h := hmac.New(sha256.New, key)
	in.Digest = func(e event.Event) string { // as an office makes it
		h.Reset()
		_, _ = h.Write(Canonical(e, event.AllFields))
		return hex.EncodeToString(h.Sum(nil)[:16])
	}
	for i := range n {
		bizItem, exchItem := entry(id("b", i), "Entry", i%80), entry(id("x", i), "Entry", i%80)
		exchItem.When = exchItem.When.Rezone("Europe/Amsterdam")
		bizItem.Notes, exchItem.Notes = "some notes of a usual length", "some notes of a usual length"
		in.tie(LinkID(fmt.Sprint("l", i)), bizItem, exchItem)
	}
	return in
}

func BenchmarkBuild_Idle(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in := resting(n)
			b.ResetTimer()
			for b.Loop() {
				if p := Build(in); len(p.Actions) != 0 || len(p.Refreshed) != 0 || p.Halt != nil {
					b.Fatalf("not idle: %v", p.Counts())
				}
			}
		})
	}
}

func BenchmarkBuild_First(b *testing.B) {
	in := input()
	in.First = true
	for s, items := range crowd(10_000) {
		in.put(event.Side(s), items...)
	}
	b.ResetTimer()
	for b.Loop() {
		if p := Build(in); p.Counts()[Pair][biz] != 9_000 {
			b.Fatalf("%v", p.Counts())
		}
	}
}
