/* For tests under Wine alone, and never shipped: the Wine of Debian 12 lacks the library from which Go programs take
 * random numbers. What it is asked for, advapi32 has. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID to, ULONG n); /* RtlGenRandom */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T n)
{
	while (n > 0) {
		ULONG part = n < 1 << 20 ? (ULONG)n : 1 << 20;
		if (!SystemFunction036(to, part))
			return FALSE;
		to += part;
		n -= part;
	}
	return TRUE;
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD why, LPVOID more)
{
	return TRUE;
}
