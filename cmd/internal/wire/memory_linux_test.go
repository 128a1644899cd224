package wire

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCodeIn_TakesWhatNobodyWroteTo(t *testing.T) {
	const maps = `00400000-00f9f000 r-xp 00000000 08:01 42   /opt/Lock step/lockstep
Size:              11900 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
00f9f000-01d11000 r--p 00b9f000 08:01 42   /opt/Lock step/lockstep
Size:              13768 kB
Anonymous:             0 kB
01d11000-01e2f000 rw-p 01911000 08:01 42   /opt/Lock step/lockstep
Anonymous:             0 kB
01e2f000-01e3f000 r--p 01911000 08:01 42   /opt/Lock step/lockstep
Anonymous:            64 kB
01e3f000-01e4f000 r--p 00000000 08:01 43   /usr/share/zoneinfo/tzdata
Anonymous:             0 kB
7fc4dd800000-7fc4dd802000 rw-p 00000000 00:00 0
Anonymous:             8 kB
`
	want := []span{{0x400000, 0xf9f000}, {0xf9f000, 0x1d11000}}
	if diff := cmp.Diff(want, codeIn([]byte(maps), "/opt/Lock step/lockstep"), cmp.AllowUnexported(span{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestForgetCode_LetsTheProgramsFileGo(t *testing.T) {
	before := residentFile(t)
	forgetCode()
	if after := residentFile(t); after > before/2 {
		t.Errorf("%d KiB of the file are resident after it, and %d before it", after, before)
	}
}

// residentFile is how much of files is in this process's memory, in KiB.
func residentFile(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "RssFile:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib
}
