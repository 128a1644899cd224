package ews

import "testing"

func TestReadManifest_TakesTheNewestFullFile(t *testing.T) {
	got, err := readManifest([]byte(`<OAB><OAL id="a" name="\All Rooms"><Full seq="1" ver="32" size="1">old.lzx</Full><Full seq="3" ver="32" size="3"> new.lzx
</Full><Full seq="9" ver="16">older-format.lzx</Full></OAL><OAL id="b" name="empty"/></OAB>`))
	if err != nil || len(got) != 2 || got[0].File != "new.lzx" || got[0].Sequence != 3 || got[1].File != "" {
		t.Errorf("readManifest = %+v, %v", got, err)
	}
}

func FuzzReadManifest(f *testing.F) {
	f.Add([]byte(`<OAB><OAL id="a" name="n" dn="d"><Full seq="1" ver="32" size="1" uncompressedsize="2" SHA="0">f.lzx</Full><Diff/></OAL></OAB>`))
	f.Add([]byte(`<OAB/>`))
	f.Add([]byte(`<html>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := readManifest(text)
		if (got == nil) != (err != nil) {
			t.Errorf("readManifest = %v, %v", got, err)
		}
	})
}
