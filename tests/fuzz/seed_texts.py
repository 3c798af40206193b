"""Tables as text, one in each layout that a reader knows; every value is invented."""

INDICATOR = (
    "area_code,indicator,period,numerator,denominator,name,kind,unit,multiplier,polarity,sex,age,source\n"
    "E01000001,smoking,2023,10,100,Smoking,proportion,%,100,low good,persons,18+,Survey\n"
    "E01000002,smoking,2023,*,90,Smoking,proportion,%,100,low good,persons,18+,Survey\n"
    "E01000001,falls,2019-2023,5,800,Falls,rate,per 1000,1000,low good,female,65+,Survey\n"
)
VALUES = (
    "area_code,area_name,indicator,period,value,kind,lower_ci,upper_ci\n"
    "E06000001,A,income,2023,310.5,mean,300,320\nE06000002,B,income,2023,..,mean,,\n"
)
POPULATION = "area_code,year,sex,age,population\n" + "".join(
    f"E0100000{area},{year},{sex},{age},{10 * area}\n"
    for area in (1, 2)
    for year in (2022, 2023)
    for sex in ("male", "female")
    for age in ("0-14", "15-64", "65+")
)
UNDERLYING = (
    "lsoa11_code,income_domain_numerator,employment_domain_numerator,road_distance_to_a_gp_surgery_indicator_km\n"
    "E01000001,20,,1.5\nE01000002,30,10,2.5\n"
)
CNI = (
    "lsoa21_code,lsoa21_name,Community Needs Index 2023 Score,Community Needs Index 2023 Rank,Left Behind Area?\n"
    "E01000001,A,12.5,2,True\nE01000002,B,200.5,1,False\n"
)
LOOKUP = (
    "LSOA21CD,LSOA21NM,MSOA21CD,MSOA21NM,LAD24CD,LAD24NM,RGN24CD,RGN24NM\n"
    "E01000001,City 001A,E02000001,City 001,E09000001,City of London,E12000007,London\n"
    "W01000003,Cardiff 001A,W02000001,Cardiff 001,W06000015,Cardiff,,\n"
)
DIRECTORY = (
    "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,ctry,oa11,lsoa11,msoa11,oa21,lsoa21,msoa21\n"
    "QX1 1AA,QX1  1AA,QX1 1AA,198001,,0,418700,0169200,1,E92000001,E00150001,E01032000,E02006600,E00160001,E01034000,"
    "E02006700\n"
    "QX1 1AB,QX1  1AB,QX1 1AB,198001,200306,0,418700,0169200,1,E92000001,E00150001,E01032000,E02006600,E00160001,"
    "E01034000,E02006700\n"
    "QX101AC,QX10 1AC,QX10 1AC,202504,,0,418800,0169300,1,E92000001,E00150001,E01032000,E02006600,E00160001,E01034000,"
    "E02006700\n"
)
SERVICES = (
    "name,service,postcode,code,capacity,status,opening\n"
    "Town Pharmacy,pharmacy,QX1 1AA,FQX01,,open,Mon-Fri 9-5\nOld Pharmacy,pharmacy,QX1 1AB,FQX02,20,closed,\n"
)
SCHOOLS = (
    "URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),"
    "EstablishmentStatus (name),OpenDate,CloseDate,PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,"
    "SchoolCapacity,NumberOfPupils,Postcode,Easting,Northing,LSOA (code)\n"
    "100001,201,Testshire,2001,St Mary's,Community school,Open,01-01-1900,,Primary,3,11,210,200,QX1 1AA,418700,169200,"
    "E01000001\n"
    "100002,201,Testshire,4001,The Academy,Academy converter,Closed,01-01-1900,31-08-2012,Secondary,11,18,900,,QX1 1AB,"
    "418800,169300,E01000001\n"
)
CARE = (
    "Location ID,Location HSCA start date,Dormant (Y/N),Care home?,Location Name,Location ODS Code,"
    "Location Telephone Number,Care homes beds,Location Type/Sector,Location Inspection Directorate,"
    "Location Primary Inspection Category,Location Latest Overall Rating,Location Postal Code,Location Latitude,"
    "Location Longitude,Service type - Care home service without nursing,Service type - Dental service\n"
    "1-100000001,01/10/2010,N,Y,Oak House,VQX01,01632960001,40,Social Care Org,Adult social care,"
    "Residential social care,Good,QX1 1AA,51.4,-1.7,Y,\n"
)
ASSETS = (
    "name,kind,theme,postcode,place,contact,last_checked,source\n"
    "Walking Group,group,Physical activity,QX1 1AA,Town Hall,walks@example.org,3/5/2025,Area board\n"
    "Repair Cafe,activity,Sustainability,QX1 1AB,,,May 2024,\n"
)
SUMMARIES = (
    "Local Authority District code (2019),Local Authority District name (2019),IMD - Average rank,"
    "IMD - Rank of average rank,IMD - Average score,IMD - Rank of average score,"
    "IMD - Proportion of LSOAs in most deprived 10% nationally,IMD 2019 - Extent\n"
    "E06000001,Hartlepool,19000,20,35.0,10,0.36,0.5\nE06000002,Middlesbrough,21000,16,40.5,5,0.48,0.6\n"
)
FINGERTIPS = (
    "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,Category Type,Category,"
    "Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,Lower CI 99.8 limit,Upper CI 99.8 limit,Count,"
    "Denominator,Value note,Recent Trend,Compared to England value or percentiles,Time period Sortable,New data,"
    "Compared to goal,Time period range\n"
    "20601,Obesity,,,E92000001,England,England,Persons,10-11 yrs,,,2022/23,24,23,25,,,120000,500000,,,,20220000,,,1y\n"
    "20601,Obesity,E12000009,South West,E06000054,Wiltshire,UA,Persons,10-11 yrs,,,2022/23,20,19,21,,,900,4500,,,"
    "Better,20220000,,,1y\n"
    "20601,Obesity,E12000009,South West,E06000022,Bath,UA,Persons,10-11 yrs,,,2022/23,30,28,31,,,450,1500,,,Worse,"
    "20220000,,,1y\n"
)
LOCAL_HEALTH = (
    "Indicator Name,Parent Name,Area Code,Area Name,Area Type,Sex,Age,Category,Time period,Value,Lower CI 95.0 limit,"
    "Upper CI 95.0 limit,Count,Denominator\n"
    "Child Development (%),Trafford,E05000819,Oak,Ward,Persons,5 yrs,,2013/14,60,50,69,60,100\n"
    "Child Development (%),Trafford,E05000820,Ashton,Ward,Persons,5 yrs,,2013/14,75,66,82,90,120\n"
)
NOMIS_QUERY = (
    '"TS054 - Tenure"\n"ONS Crown Copyright Reserved [from Nomis on 3 November 2025]"\n\n'
    '"Population :","All households"\n"Units      :","Households"\n"Date       :","2021"\n\n'
    '"2021 super output area - lower layer","mnemonic","Total: All households","Owned","Owned: Owns outright",'
    '"Social rented"\n\n"A","E01031841",600,400,250,190\n"B","E01031842","1,000",500,200,500\n\n'
    '"In order to protect against disclosure of personal information, records have been swapped."\n'
)
NOMIS_BULK = (
    "date,geography,geography code,Age: Total,Age: Aged 4 years and under,Age: Aged 5 to 15 years,"
    "Age: Aged 16 to 64 years,Age: Aged 65 years and over\n"
    "2021,Place 001A,E01000001,1000,60,140,600,200\n2021,Place 001B,E01000002,2000,100,300,1200,400\n"
)
DEATHS = (
    "area_code,year,sex,age,cause,deaths\nE01000001,2023,female,0-64,I21,3\nE01000001,2023,male,65+,all,5\n"
    "E01000002,2022,female,65+,C34,11\n"
)
MORTALITY = (
    "REG_DATE,REG_DATE_OF_DEATH,DEC_SEX,DEC_AGEC,DEC_AGECUNIT,S_UNDERLYING_COD_ICD10,LSOA_OF_RESIDENCE_CODE\n"
    "20230504,20230501,1,82,1,I219,E01000001\n20230504,20230502,2,3,2,P073,E01000002\n"
)
EVENTS = "date,sex,age,category,postcode\n2023-05-01,female,42,emergency,QX1 1AA\n01/06/2022,M,0,elective,qx11ab\n"
EVENTS_BY_AREA = "date,sex,age,category,area_code\n2023-05-01,female,42,a,E01000002\n2023-05-01,male,42,a,E01000001\n"
EXACT_FIT = (
    "LSOA11CD,LSOA11NM,LSOA21CD,LSOA21NM,CHGIND,LAD22CD,LAD22NM,LAD22NMW,ObjectId\n"
    "E01000001,A,E01000001,A,U,E09000001,City of London,,1\nE01000002,B,E01035001,C,S,E09000001,City of London,,2\n"
    "E01000002,B,E01035002,D,S,E09000001,City of London,,3\n"
)
