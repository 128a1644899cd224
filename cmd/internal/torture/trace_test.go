package main

import (
	"strings"
	"testing"
)

func TestReadTrace_FindsRequestsThatLeaveTooEarly(t *testing.T) {
	const (
		wal    = `17 pwrite64(7</h/office.db-wal>, "x", 4120, 32) = 4120` + "\n"
		synced = `17 fdatasync(7</h/office.db-wal>)    = 0` + "\n"
		begun  = `17 fsync(7</h/office.db-wal> <unfinished ...>` + "\n"
		ended  = `17 <... fsync resumed>)            = 0` + "\n"
		post   = `18 write(9<TCP:[127.0.0.1:4000->127.0.0.1:5000]>, "POST /rest-api/v1/activities HTTP/1.1\r\n", 40) = 40` + "\n"
		create = `18 write(9<TCP:[127.0.0.1:4000->127.0.0.1:5000]>, "<m:CreateItem Send=\"x\"><t:CalendarItem>", 40) = 40` + "\n"
		list   = `18 write(9<TCP:[127.0.0.1:4000->127.0.0.1:5000]>, "GET /rest-api/v1/activities HTTP/1.1\r\n", 40) = 40` + "\n"
		other  = `17 fsync(8</h/office.db>)    = 0` + "\n"
	)
	for _, c := range []struct {
		name               string
		trace              string
		requests, unsynced int
	}{
		{"noted, synced, sent", wal + synced + post, 1, 0},
		{"sent before it is synced", wal + post + synced, 1, 1},
		{"another file was synced", wal + other + create, 1, 1},
		{"sent while the sync is under way", wal + begun + post + ended, 1, 1},
		{"sent after the sync has ended", wal + begun + ended + create, 1, 0},
		{"written during the sync", wal + begun + wal + ended + create, 1, 1},
		{"only read", wal + list, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			requests, unsynced, err := readTrace(strings.NewReader(c.trace))
			if err != nil || requests != c.requests || unsynced != c.unsynced {
				t.Errorf("%d requests, %d too early, %v; want %d and %d", requests, unsynced, err, c.requests, c.unsynced)
			}
		})
	}
}
