package wire_test

import (
	"slices"
	"strings"
)

const module = "lockstep"

// fyne is the toolkit; its tray library fyne.io/systray is another thing and allowed where windows are not.
const (
	fyne    = "fyne.io/fyne"
	fyneApp = "fyne.io/fyne/v2/app"
)

// row says what one package, or one subtree of packages, may import. Paths of ours are written without the module.
//
// A pattern names one package, or with "/..." at its end a package and everything below it. The most specific row
// that fits a package holds for it.
type row struct {
	pkg string
	// may lists the packages of ours that it may import directly; what is below its own subtree row is always allowed.
	may []string
	// anyOfOurs lifts may: every package of ours is allowed but those in never.
	anyOfOurs bool
	// never lists packages of ours and of others that it must not reach, directly or through what it imports.
	never []string
	// neverStd lists packages of the standard library that it must not import itself. What they are used for
	// below it is not its business: fmt imports os.
	neverStd []string
	// stdOnly says that besides the packages of ours in may it imports the standard library alone.
	stdOnly bool
	// libs are the libraries that stdOnly does not forbid.
	libs []string
}

var (
	impure   = []string{"context", "os", "os/...", "net", "net/...", "database/sql", "log", "log/slog"}
	chance   = []string{"math/rand", "math/rand/v2", "crypto/rand", "hash/maphash"}
	adapters = []string{"sync/exchange/...", "sync/severa/..."}
	windows  = []string{"ui/...", fyne + "/..."}
)

// rows is the house's table of who may import whom.
var rows = []row{
	{pkg: "sync/event", stdOnly: true, libs: []string{"github.com/teambition/rrule-go"}, neverStd: impure},
	{pkg: "sync/plan", may: []string{"sync/event"}, stdOnly: true, neverStd: join(impure, chance)},
	{pkg: "sync/endpoint", may: []string{"sync/event"}, never: []string{"sync/plan", "sync/state", "sync/engine"}},
	{pkg: "sync/endpoint/endpointtest", may: []string{"sync/event", "sync/endpoint", "sync/internal/crashtest"}},
	{pkg: "sync/state", may: []string{"sync/event", "sync/plan", "sync/endpoint"}, never: []string{"sync/engine", "store/..."}},
	{
		pkg: "sync/state/statetest",
		may: []string{"sync/event", "sync/plan", "sync/endpoint", "sync/state", "sync/internal/crashtest"},
	},
	{
		pkg:   "sync/memory",
		may:   []string{"sync/event", "sync/plan", "sync/endpoint", "sync/state"},
		never: join([]string{"sync/engine", "store/..."}, adapters, windows),
	},
	{
		pkg:   "sync/engine",
		may:   []string{"sync/event", "sync/plan", "sync/endpoint", "sync/state"},
		never: join([]string{"store/...", "sync/memory"}, adapters, windows),
	},
	{
		pkg:   "sync/office",
		may:   []string{"sync/event", "sync/plan", "sync/endpoint", "sync/state", "sync/engine"},
		never: join([]string{"store/...", "sync/memory"}, adapters, windows),
	},
	{pkg: "sync/doctor", stdOnly: true, neverStd: join([]string{"os", "os/...", "net", "net/...", "database/sql", "log", "log/slog"}, chance)},
	{pkg: "sync/network", may: []string{"sync/doctor"}},
	{pkg: "sync/network/bustest"},
	{
		pkg:   "sync/localapi",
		may:   []string{"sync/event", "sync/plan", "sync/endpoint", "sync/state", "sync/engine", "sync/office", "sync/doctor"},
		never: join([]string{"store/...", "sync/memory"}, adapters, windows),
	},
	{
		pkg:   "sync/exchange",
		may:   []string{"sync/event", "sync/endpoint", "sync/doctor", "sync/exchange/ews", "sync/exchange/graph", "resources/..."},
		never: []string{"sync/severa/...", "sync/exchange/ewssim/...", "sync/plan", "sync/state", "sync/engine", "store/...", "sync/memory"},
	},
	{
		pkg:   "sync/severa",
		may:   []string{"sync/event", "sync/endpoint", "sync/doctor", "sync/severa/api", "resources/..."},
		never: []string{"sync/exchange/...", "sync/severa/severasim/...", "sync/plan", "sync/state", "sync/engine", "store/...", "sync/memory"},
	},
	{pkg: "sync/exchange/adminscript", may: []string{"resources/..."}, stdOnly: true, neverStd: join(impure, chance)},
	{pkg: "sync/exchange/ews/..."},
	{pkg: "sync/exchange/graph/..."},
	{pkg: "sync/severa/api/..."},
	{pkg: "sync/exchange/ewssim/...", may: []string{"sync/internal/faultscript"}},
	{pkg: "sync/severa/severasim/...", may: []string{"sync/internal/faultscript"}},
	{
		pkg:   "sync/internal/crashtest",
		may:   []string{"sync/event", "sync/plan", "sync/endpoint", "sync/state"},
		never: join([]string{"sync/engine", "store/...", "sync/memory"}, adapters, windows),
	},
	{pkg: "sync/internal/faultscript"},
	{pkg: "resources/...", stdOnly: true},
	{pkg: "store", may: []string{"sync/event", "sync/plan", "sync/endpoint", "sync/state"}, never: join([]string{"sync/engine"}, adapters, windows)},
	{pkg: "store/secret"},
	{
		pkg:   "ui/model",
		may:   []string{"ui/say", "sync/event", "sync/plan", "sync/office", "sync/localapi", "sync/doctor"},
		never: join([]string{"fyne.io/...", "store/..."}, adapters),
	},
	{pkg: "ui/tray", may: []string{"ui/model", "ui/say", "resources/..."}, never: join([]string{fyne + "/...", "store/..."}, adapters)},
	{pkg: "ui/say", may: []string{"resources/..."}, never: join([]string{"fyne.io/...", "store/..."}, adapters)},
	{pkg: "ui/part", may: []string{"resources/..."}, never: join([]string{fyneApp, "store/..."}, adapters)},
	{
		pkg: "ui", may: []string{"ui/model", "ui/part", "ui/say", "sync/localapi", "sync/office", "resources/..."},
		never: join([]string{fyneApp, "store/..."}, adapters),
	},
	{pkg: "cmd/lockstep", anyOfOurs: true, never: []string{fyne + "/..."}},
	{pkg: "cmd/lockstep-window", anyOfOurs: true, never: join([]string{"store/..."}, adapters)},
	// The command line says what the windows say, in the words of ui/model.
	{pkg: "cmd/lockstepctl/...", anyOfOurs: true, never: []string{"ui", "ui/tray", fyne + "/..."}},
	{pkg: "cmd/internal/explain", anyOfOurs: true, never: []string{"ui", "ui/tray", fyne + "/..."}},
	{pkg: "cmd/internal/wire", anyOfOurs: true, never: windows},
	{pkg: "cmd/internal/policy", stdOnly: true, libs: []string{"github.com/pelletier/go-toml/v2"}, neverStd: impure},
	{pkg: "cmd/internal/version", stdOnly: true},
	{pkg: "cmd/internal/...", anyOfOurs: true, never: windows},
}

// keep lists packages that few may import, and the packages that may. Tests may import them all.
var keep = []struct {
	pkg string
	by  []string
}{
	{"sync/internal/crashtest", []string{"sync/endpoint/endpointtest", "sync/state/statetest"}},
	{"sync/internal/faultscript", []string{"sync/exchange/ewssim/...", "sync/severa/severasim/...", "cmd/lockstepctl/...", "cmd/internal/wire"}},
	{"sync/endpoint/endpointtest", nil},
	{"sync/state/statetest", nil},
	{"sync/network/bustest", nil},
	{"sync/memory", nil},
	{"sync/exchange/ewssim/...", []string{"cmd/lockstepctl/...", "cmd/internal/..."}},
	{"sync/severa/severasim/...", []string{"cmd/lockstepctl/...", "cmd/internal/..."}},
	{"cmd/...", []string{"cmd/..."}},
	{fyneApp, []string{"cmd/lockstep-window"}},
}

func join(lists ...[]string) []string { return slices.Concat(lists...) }

// ours gives the path below the module of an import path of ours.
func ours(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

// matches tells whether the pattern names the path: exactly, or as an ancestor when it ends in "/...".
func matches(pattern, path string) bool {
	root, subtree := strings.CutSuffix(pattern, "/...")
	return path == root || subtree && strings.HasPrefix(path, root+"/")
}

func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, path) })
}

// rowFor finds the most specific row for a package of ours.
func rowFor(table []row, path string) (row, bool) {
	best, found := row{}, false
	for _, r := range table {
		if !matches(r.pkg, path) {
			continue
		}
		if !found || r.pkg == path || best.pkg != path && len(r.pkg) > len(best.pkg) {
			best, found = r, true
		}
	}
	return best, found
}
