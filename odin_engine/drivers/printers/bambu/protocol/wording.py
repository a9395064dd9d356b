"""stub"""
from odin_engine.printers.model import Fault, FaultKind, Severity
def health(attr:int, code:int)->Fault:
    return Fault(f"{attr>>16:04X}_{attr&0xFFFF:04X}_{code>>16:04X}_{code&0xFFFF:04X}",FaultKind.HEALTH,Severity.COMMON,"x")
def print_fault(error:int)->Fault:
    return Fault(f"{error>>16:04X}_{error&0xFFFF:04X}",FaultKind.PRINT,Severity.COMMON,"x")
