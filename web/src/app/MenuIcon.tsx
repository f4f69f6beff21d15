import {
  AlertOutlined,
  ApartmentOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BankOutlined,
  BarChartOutlined,
  BellOutlined,
  BookOutlined,
  CalculatorOutlined,
  ControlOutlined,
  DashboardOutlined,
  FileSearchOutlined,
  FireOutlined,
  FormOutlined,
  FundOutlined,
  HddOutlined,
  HomeOutlined,
  ImportOutlined,
  KeyOutlined,
  LineChartOutlined,
  MergeCellsOutlined,
  SafetyCertificateOutlined,
  StopOutlined,
  SwapOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";

const ICONS: Record<string, ComponentType> = {
  "/": HomeOutlined,
  "/alarms": AlertOutlined,
  "/audit": FileSearchOutlined,
  "/authorisation": SafetyCertificateOutlined,
  "/calc": CalculatorOutlined,
  "/cockpit": FundOutlined,
  "/desk": DashboardOutlined,
  "/devices": HddOutlined,
  "/duplicates": MergeCellsOutlined,
  "/enterprises": BankOutlined,
  "/hazard-sources": FireOutlined,
  "/imports": ImportOutlined,
  "/keys": KeyOutlined,
  "/limit-changes": ControlOutlined,
  "/notifications": BellOutlined,
  "/online-rates": BarChartOutlined,
  "/orgs": ApartmentOutlined,
  "/quarantine": StopOutlined,
  "/registrations": FormOutlined,
  "/shifts": SwapOutlined,
  "/rules": BookOutlined,
  "/tags": LineChartOutlined,
  "/users": TeamOutlined,
  "/account": AuditOutlined,
};

/** The icon of a menu entry; a system that brings no picture of its own gets the common one. */
export function MenuIcon({ path }: { path: string }) {
  const Icon = ICONS[path] ?? AppstoreOutlined;
  return <Icon />;
}
